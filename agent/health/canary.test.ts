import { Compile } from 'typebox/compile';
import { describe, expect, test, vi } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { CanaryRecord, canaryIdOf } from '../../protocol/records/canary.js';
import { decodeDns } from '../sensor/wire/dns.js';
import { Canary, CanaryConfig } from './canary.js';
import { question, wayOn } from './canary-packet.js';

const LIVE = { source: 'live', place: 'eth1' };

/** A canary whose packets go to `onSend`. */
async function run(
  listening: () => typeof LIVE | undefined,
  onSend: (name: string, canary: Canary) => void,
  overrides: object = {},
): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  const canary: Canary = new Canary(
    loadConfig(CanaryConfig, { overrides: { seenMs: 30, readyMs: 50, ...overrides } }),
    {
      clock: systemClock,
      random: Math.random,
      log: silentLogger,
      listening,
      accept: (lane, line) => {
        expect(lane).toBe('p1');
        records.push(JSON.parse(line.toString()));
      },
      send: async (name, place) => {
        expect(place).toBe('eth1');
        onSend(name, canary);
      },
    },
  );
  await canary.start();
  const isOver = () => /seen|failed|off/.test(String(records.at(-1)?.['hinomi.canary.state']));
  await vi.waitUntil(isOver, { timeout: 10_000, interval: 5 });
  await canary.close();
  for (const record of records) expect(Compile(CanaryRecord).Check(record)).toBe(true);
  return records;
}

const statesOf = (records: Record<string, unknown>[]): unknown[] => records.map((each) => each['hinomi.canary.state']);
const recordOf = (name: string): Buffer => Buffer.from(JSON.stringify({ 'dns.question.name': name }));

describe('the canary', () => {
  test('is seen when the sensor makes a record of its name', async () => {
    let sent = '';
    const records = await run(
      () => LIVE,
      (name, canary) => {
        sent = name;
        canary.onRecord(recordOf('other.example'));
        setTimeout(() => canary.onRecord(recordOf(name)), 5);
      },
    );
    expect(statesOf(records)).toEqual(['sent', 'seen']);
    expect(records[1]).toMatchObject({ 'hinomi.canary.id': canaryIdOf(sent), 'hinomi.canary.name': sent });
  });

  test('is sent three times before it is said not to be seen', async () => {
    const names: string[] = [];
    expect(
      statesOf(
        await run(
          () => LIVE,
          (name) => names.push(name),
        ),
      ),
    ).toEqual(['sent', 'unseen']);
    expect(new Set(names).size).toBe(1);
    expect(names).toHaveLength(3);
  });

  test('says why it could not be sent', async () => {
    const refuse = (): never => {
      throw new Error('no address');
    };
    expect(await run(() => LIVE, refuse)).toMatchObject([
      { 'hinomi.canary.state': 'failed', 'hinomi.canary.reason': expect.stringContaining('no address') },
    ]);
    expect(await run(() => undefined, refuse)).toMatchObject([
      { 'hinomi.canary.reason': 'the sensor does not listen' },
    ]);
  });

  test('is not for recordings, nor where it is switched off', async () => {
    const recording = () => ({ source: 'recording', place: 'x.pcap' });
    expect(statesOf(await run(recording, () => {}))).toEqual(['off']);
    expect(
      statesOf(
        await run(
          () => LIVE,
          () => {},
          { isOn: false },
        ),
      ),
    ).toEqual(['off']);
  });

  test('asks a question that the sensor reads', () => {
    const bytes = question('hinomi-canary-0a1b.canary.invalid');
    expect(decodeDns(bytes, 0, bytes.length, 'mdns')?.questions).toMatchObject([
      { name: 'hinomi-canary-0a1b.canary.invalid', type: 'A' },
    ]);
  });

  test('goes by the link-local address where there is no other, and nowhere without one', () => {
    const address = (family: 'IPv4' | 'IPv6', text: string) =>
      ({ family, address: text, internal: false, netmask: '', mac: '', cidr: null, scopeid: 0 }) as never;
    expect(wayOn('eth1', { eth1: [address('IPv6', 'fe80::1')] })).toMatchObject({ destination: 'ff02::fb%eth1' });
    expect(wayOn('eth1', { eth1: [address('IPv4', '10.0.0.2')] })).toMatchObject({ destination: '224.0.0.251' });
    expect(() => wayOn('eth1', {})).toThrow('no address');
  });
});
