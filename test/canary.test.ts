import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Wire, whyNoNamespaces } from './support/namespaces.js';
import { Office } from './support/office.js';
import { until } from './support/programs.js';

const WAIT_MS = 4_000;
const why = whyNoNamespaces([]);

/** The whole way of a canary, through real programs: from the box onto the wire and out at the other end, or not. */
describe.skipIf(why !== undefined)(`the daily canary${why === undefined ? '' : ` (skipped: ${why})`}`, () => {
  const wire = new Wire();
  const office = new Office(wire.serverPrefix);
  const config = (name: string, content: object): string => {
    const path = office.programs.path(name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };

  beforeAll(async () => {
    wire.make();
    const lookout = { checkMs: 200, canaryWaitMs: WAIT_MS };
    await office.startCollector({ http: '0', mqtt: '0' }, config('collector.json', { lookout }));
    await office.enrol();
  }, 120_000);
  afterAll(async () => {
    await office.close();
    wire.remove();
  });

  const recordsOf = async (query: string): Promise<Record<string, unknown>[]> => {
    const { stdout } = await office.query([query, '--format', 'ndjson', '--from', 'now-15m']);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  };

  test('comes out at the collector when all is well', async () => {
    const agent = office.startAgent(['--interface', wire.interface]);
    const sent = 'event.dataset:canary AND hinomi.canary.state:sent';
    await until('the agent says that it was sent', async () => (await recordsOf(sent)).length === 1, agent);
    const name = String((await recordsOf(sent))[0]?.['hinomi.canary.name']);
    expect(name).toMatch(/^hinomi-canary-[0-9a-f]{16}\.canary\.invalid$/);
    let found: Record<string, unknown>[] = [];
    await until('its record arrives', async () => {
      found = await recordsOf(`dns.question.name:${name}`);
      return found.length > 0;
    });
    expect(found[0]).toMatchObject({ 'source.ip': wire.serverAddress, 'network.protocol': 'mdns' });
    await until(
      'the agent says that it was seen',
      async () => (await recordsOf('hinomi.canary.state:seen')).length === 1,
    );
    await sleep(WAIT_MS + 1_000);
    expect(await recordsOf('event.dataset:alert')).toEqual([]);
    expect(await agent.stop()).toBe(0);
  }, 120_000);

  test('is missed loudly when the sensor makes no record of it, and the alarm ends with the next one', async () => {
    const deaf = { canary: { seenMs: 300 }, sensor: { pipeline: { datasets: ['flow', 'coverage'] } } };
    const agent = office.startAgent(['--interface', wire.interface, '--config', config('deaf.json', deaf)]);
    await until('the miss is an alert', async () => (await recordsOf('rule.id:canary-missed')).length > 0, agent);
    expect((await recordsOf('rule.id:canary-missed'))[0]).toMatchObject({
      'event.kind': 'alert',
      'hinomi.alert.subject': 'not_seen',
      'hinomi.alert.state': 'raised',
      'hinomi.site': office.site,
      'hinomi.message_ja': expect.stringContaining('センサーが見ていません'),
    });
    await agent.stop();
    const good = office.startAgent(['--interface', wire.interface]);
    const recovered = 'rule.id:canary-missed AND hinomi.alert.state:recovered';
    await until('the alarm is over', async () => (await recordsOf(recovered)).length === 1, good);
    await good.stop();
  }, 180_000);
});
