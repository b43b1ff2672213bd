import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SourceList } from '../protocol/api/sources.js';
import { officeTraffic } from '../scripts/traffic/office.js';
import { writeRecording } from '../scripts/traffic/writers.js';
import { Office } from './support/office.js';
import { type Running, readJson, until } from './support/programs.js';
import {
  log,
  PEERS,
  type Ports,
  rsyslogConfig,
  startRsyslogd,
  startSyslogNg,
  syslogNgConfig,
} from './support/syslog-peers.js';

type Row = Record<string, unknown>;

interface Status {
  readonly syslog?: { readonly doors: readonly { transport: string; port: number; state: string }[] };
}

for (const [name, isHere] of Object.entries(PEERS))
  if (!isHere) console.warn(`${name} is not installed: its tests are skipped; scripts/setup test installs it`);

/** Real senders in, an analyst's questions out. */
describe('messages of real senders', () => {
  const office = new Office();
  const { programs } = office;
  let agent: Running;
  let ports: Ports;

  beforeAll(async () => {
    const recording = programs.path('office.pcap');
    const startUs = Date.parse('2026-11-20T01:00:00Z') * 1000;
    await writeRecording(recording, officeTraffic({ minutes: 1, pcs: 1, seed: 3, startUs }), 'pcap');
    await office.startCollector();
    await office.enrol();
    const config = programs.path('agent.json');
    const silence = { checkMs: 100, minMs: 4_000, unlearnedMs: 4_000, learnMs: 0, learnMessages: 1 };
    // A sender in the old format tells the time of this machine's zone, and not which that is.
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const places = { addresses: ['127.0.0.1'], udpPorts: [0], tcpPorts: [0], tlsPorts: [0] };
    writeFileSync(config, JSON.stringify({ syslog: { ...places, zone, reportMs: 2_000, silence } }));
    agent = office.startAgent(['--config', config, '--replay', recording]);
    const status = (): Status | undefined => readJson(join(office.agentData, 'status.json'));
    await until(
      'it listens',
      () => status()?.syslog?.doors.every(({ state }) => state === 'listening') === true,
      agent,
    );
    const port = (of: string): number => status()?.syslog?.doors.find(({ transport }) => transport === of)?.port ?? 0;
    ports = { udp: port('udp'), tcp: port('tcp'), tls: port('tls') };
  }, 180_000);
  afterAll(() => office.close());

  /** The rows of a query, once there are so many. */
  async function rows(query: string, count: number): Promise<Row[]> {
    let found: Row[] = [];
    const search = new URLSearchParams({ q: query, from: 'now-7d', to: 'now+1d', limit: '1000' });
    const ask = async (): Promise<boolean> => {
      found = (await office.get<{ events: Row[] }>(`/events?${search}`)).events;
      return found.length >= count;
    };
    await until(`${count} rows of ${query}`, ask, agent);
    return found;
  }

  const column = (all: readonly Row[], field: string): unknown[] => all.map((row) => row[field]).sort();

  /** Two messages by each of UDP, TCP in both framings and TLS, one of the two in Japanese. */
  const expectEachWayTwice = (found: readonly Row[]): void => {
    const transports = ['tcp', 'tcp', 'tcp', 'tcp', 'tls', 'tls', 'udp', 'udp'];
    expect(column(found, 'hinomi.source.transport')).toEqual(transports);
    expect(found.filter((row) => String(row['event.original']).includes('日本語'))).toHaveLength(4);
  };

  test.skipIf(!PEERS.logger)(
    'logger, over UDP and TCP, in its formats',
    async () => {
      const tag = ['--tag', 'logger-peer', '--priority', 'auth.warning'];
      log(['--udp', '--port', `${ports.udp}`, '--rfc5424', ...tag, 'marker-logger udp 5424']);
      log(['--udp', '--port', `${ports.udp}`, '--rfc3164', ...tag, 'marker-logger udp 3164']);
      log(['--tcp', '--port', `${ports.tcp}`, '--octet-count', ...tag, 'marker-logger tcp counted']);
      log(['--tcp', '--port', `${ports.tcp}`, ...tag, 'marker-logger tcp lines']);
      const found = await rows('log.syslog.appname:logger-peer', 4);
      expect(found).toHaveLength(4);
      expect(column(found, 'hinomi.source.transport')).toEqual(['tcp', 'tcp', 'udp', 'udp']);
      for (const row of found)
        expect(row).toMatchObject({
          'log.syslog.priority': 36,
          'log.source.address': '127.0.0.1',
          'event.dataset': 'utm',
        });
      expect(String(found[0]?.['event.original'])).toContain('marker-logger');
    },
    60_000,
  );

  test.skipIf(!PEERS.logger)(
    'a firewall is known by what it says, and hinomi query shows it',
    async () => {
      const fortigate =
        `date=${new Date().toISOString().slice(0, 10)} time=00:00:00 devname="fw-1" devid="FG100E0000000001" logid="0211008192" type="utm" subtype="virus" ` +
        'eventtype="infected" level="warning" vd="root" srcip=192.0.2.10 dstip=198.51.100.7 srcport=50000 dstport=80 ' +
        'action="blocked" virus="EICAR_TEST_FILE" msg="File is infected."';
      log(['--udp', '--port', `${ports.udp}`, '--rfc3164', fortigate]);
      await rows('event.original:*EICAR_TEST_FILE*', 1);
      const output = await office.query(['event.original:*EICAR_TEST_FILE*', '--from', 'now-7d', '--format', 'ndjson']);
      expect(output.code).toBe(0);
      expect(JSON.parse(output.stdout)).toMatchObject({
        'observer.vendor': 'Fortinet',
        'hinomi.event_class': 'malware',
        'hinomi.source.transport': 'udp',
        'hinomi.site': office.site,
      });
    },
    60_000,
  );

  test.skipIf(!PEERS.rsyslogd)(
    'rsyslogd, over UDP, TCP in both framings, and TLS',
    async () => {
      const [file, config] = [programs.path('rsyslog.log'), programs.path('rsyslog.conf')];
      writeFileSync(file, '');
      const certificate = join(office.agentData, 'syslog/certificate.pem');
      writeFileSync(config, rsyslogConfig(file, programs.makeFolder('rsyslog'), ports, certificate));
      const rsyslogd = startRsyslogd(programs, config);
      appendFileSync(file, 'marker-rsyslog one\nmarker-rsyslog 日本語\n');
      const found = await rows('log.syslog.appname:rsyslog-peer', 8);
      await rsyslogd.stop();
      expectEachWayTwice(found);
      expect(new Set(column(found, 'log.syslog.facility.code'))).toEqual(new Set([19]));
    },
    90_000,
  );

  test.skipIf(!PEERS.syslogNg)(
    'syslog-ng, over UDP, TCP in both framings, and TLS',
    async () => {
      const [file, config] = [programs.path('syslog-ng.log'), programs.path('syslog-ng.conf')];
      writeFileSync(file, 'marker-syslog-ng one\nmarker-syslog-ng 日本語\n');
      writeFileSync(config, syslogNgConfig(file, ports));
      const syslogNg = startSyslogNg(programs, config);
      const found = await rows('log.syslog.appname:syslog-ng-peer', 8);
      await syslogNg.stop();
      expectEachWayTwice(found);
    },
    90_000,
  );

  test.skipIf(!PEERS.logger)(
    'the sources of a site are listed',
    async () => {
      log(['--tcp', '--port', `${ports.tcp}`, 'one more']);
      const ids: string[] = [];
      await until('they are listed', async () => {
        const { sources } = await office.get<SourceList>(`/sites/${office.site}/sources`);
        ids.splice(0, ids.length, ...sources.map(({ id }) => id));
        return (
          sources.some(({ id, messages }) => id === `tcp/127.0.0.1/${ports.tcp}` && messages >= 0) && ids.length >= 2
        );
      });
      expect(ids).toContain(`udp/127.0.0.1/${ports.udp}`);
    },
    60_000,
  );

  test.skipIf(!PEERS.logger)(
    'a source that is cut off is told, shown at its site, and told again when it is back',
    async () => {
      const subject = `hinomi.alert.subject:"udp/127.0.0.1/${ports.udp}"`;
      const count = async (state: string): Promise<Row[]> =>
        rows(`rule.id:source-silent AND hinomi.alert.state:${state} AND ${subject}`, 1);
      log(['--udp', '--port', `${ports.udp}`, 'still here']);
      const [raised] = await count('raised');
      expect(String(raised?.['hinomi.message_ja'])).toContain('127.0.0.1');
      const sites = await office.get<{ sites: { agent?: { sight?: { alerts: { rule: string }[] } } }[] }>('/sites');
      expect(sites.sites[0]?.agent?.sight?.alerts.map(({ rule }) => rule)).toContain('source-silent');
      log(['--udp', '--port', `${ports.udp}`, 'here again']);
      await count('recovered');
    },
    90_000,
  );
});
