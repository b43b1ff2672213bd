import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Wire, whyNoNamespaces } from './support/namespaces.js';
import { Office } from './support/office.js';
import { until } from './support/programs.js';

const why = whyNoNamespaces(['dnsmasq', 'dig', 'curl']);

/** Real programs talk over a real wire; the box listens on it and the analyst asks. */
describe.skipIf(why !== undefined)(`an office on a wire${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  const wire = new Wire();
  const office = new Office(wire.serverPrefix);

  beforeAll(async () => {
    wire.make();
    await office.startCollector();
    await office.enrol();
    const agent = office.startAgent(['--interface', wire.interface]);
    await until(
      'the agent is connected and listens',
      () =>
        office.agentStatus()?.publisher?.state === 'connected' && office.agentStatus()?.sensor?.last?.source === 'live',
      agent,
    );
    office.programs.startOther('dnsmasq', [
      ...['--no-daemon', '--no-resolv', '--no-hosts', '--conf-file=/dev/null', '--user=root'],
      ...[`--listen-address=${wire.serverAddress}`, '--bind-interfaces'],
      ...['--address=/printer.example.jp/192.0.2.5'],
    ]);
    office.programs.startOther(process.execPath, [
      '-e',
      `require('http').createServer((q, s) => s.end('hello office')).listen(80, '${wire.serverAddress}')`,
    ]);
  }, 120_000);
  afterAll(async () => {
    await office.close();
    wire.remove();
  });

  const recordsOf = async (query: string): Promise<Record<string, unknown>[]> => {
    const { stdout } = await office.query([query, '--format', 'ndjson', '--from', 'now-5m']);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  };

  test('a name that was asked for is found by it', async () => {
    await until('dnsmasq answers', () => {
      try {
        return wire
          .onClient('dig', '+short', '+tries=1', '+time=1', `@${wire.serverAddress}`, 'printer.example.jp')
          .includes('192.0.2.5');
      } catch {
        return false;
      }
    });
    let found: Record<string, unknown>[] = [];
    await until('the answer is in the store', async () => {
      found = await recordsOf('dns.question.name:printer.example.jp AND dns.response_code:NOERROR');
      return found.length > 0;
    });
    expect(found[0]).toMatchObject({
      'source.ip': wire.clientAddress,
      'destination.ip': wire.serverAddress,
      'destination.port': 53,
      'dns.question.type': 'A',
      'dns.resolved_ip': ['192.0.2.5'],
      'hinomi.site': office.site,
      'network.protocol': 'dns',
    });
  }, 60_000);

  test('a page that was fetched is a finished flow', async () => {
    expect(wire.onClient('curl', '-s', '--retry', '5', '--retry-connrefused', `http://${wire.serverAddress}/`)).toBe(
      'hello office',
    );
    let found: Record<string, unknown>[] = [];
    await until('the flow is in the store', async () => {
      found = await recordsOf('event.dataset:flow AND destination.port:80 AND hinomi.flow.state:SF');
      return found.length > 0;
    });
    expect(found[0]).toMatchObject({
      'source.ip': wire.clientAddress,
      'destination.ip': wire.serverAddress,
      'network.direction': 'internal',
      'hinomi.flow.missed_bytes': 0,
    });
    // A tap on a virtual wire sees packets before their checksums are made: C and c may stand in it.
    expect(found[0]?.['hinomi.flow.history']).toMatch(/S.*h.*A/);
  }, 60_000);
});
