import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { flawOfRecord } from '../../protocol/records/records.js';
import { Lookout, LookoutConfig } from './lookout.js';
import { Teller } from './teller.js';

const BOX = { agent: 'a-1', site: 's-1', company: 'c-1' };
const DAY_MS = 86_400_000;

/** A collector's lookout over one box, at a time of its own. */
class Stage {
  nowMs = Date.parse('2026-11-25T00:00:00Z');
  connectedMs: number | undefined = this.nowMs;
  /** The table does not answer. */
  isBroken = false;
  readonly rows: AnyRecord[] = [];
  readonly #teller = new Teller({
    clock: { now: () => this.nowMs, monotonic: () => this.nowMs },
    random: Math.random,
    log: silentLogger,
    insert: async (rows) => void this.rows.push(...rows),
  });
  lookout = this.#make();

  #make(): Lookout {
    return new Lookout(loadConfig(LookoutConfig, {}), {
      clock: { now: () => this.nowMs, monotonic: () => this.nowMs },
      random: Math.random,
      log: silentLogger,
      boxes: () => [BOX],
      connectedSinceMs: () => this.connectedMs,
      recent: async () => {
        if (this.isBroken) throw new Error('no answer');
        return [...this.rows];
      },
      tell: (box, telling) => this.#teller.tell(box, telling),
    });
  }

  say(state: string, id = '0a1b'): void {
    this.store({ 'event.dataset': 'canary', 'hinomi.canary.state': state, 'hinomi.canary.id': id });
  }

  arrive(id = '0a1b'): void {
    this.store({ 'event.dataset': 'dns', 'dns.question.name': `hinomi-canary-${id}.canary.invalid` });
  }

  store(record: AnyRecord): void {
    this.rows.push({ ...record, 'hinomi.agent': BOX.agent, 'event.ingested': new Date(this.nowMs).toISOString() });
    this.lookout.onStored(BOX, [record]);
  }

  async pass(ms: number): Promise<void> {
    this.nowMs += ms;
    await this.lookout.check();
  }

  async restart(): Promise<void> {
    await this.lookout.close();
    this.lookout = this.#make();
    await this.lookout.start();
  }

  get alerts(): AnyRecord[] {
    return this.rows.filter((row) => row['event.dataset'] === 'alert');
  }

  get states(): unknown[] {
    return this.alerts.map((row) => `${row['hinomi.alert.state']} ${row['hinomi.alert.subject']}`);
  }

  get outcome(): unknown {
    return this.lookout.sightOf(BOX.agent)?.canary?.outcome;
  }
}

test('a table that does not answer does not keep the lookout from its work', async () => {
  const stage = new Stage();
  stage.isBroken = true;
  await stage.restart();
  stage.say('sent');
  stage.arrive();
  await stage.pass(DAY_MS / 24);
  expect(stage.outcome).toBe('arrived');
});

describe('the lookout for canaries', () => {
  test('one that arrives alarms nobody, in whatever order its records come', async () => {
    const stage = new Stage();
    stage.arrive();
    stage.say('sent');
    stage.say('seen');
    await stage.pass(600_000);
    expect(stage.outcome).toBe('arrived');
    expect(stage.alerts).toEqual([]);
  });

  test.each([
    ['unseen', 'not_seen'],
    ['seen', 'not_delivered'],
  ])('sent, then %s, and no record: %s, told once, and its end too', async (said, outcome) => {
    const stage = new Stage();
    stage.say('sent');
    stage.say(said);
    await stage.pass(60_000);
    expect(stage.outcome).toBe('waiting');
    await stage.pass(180_000);
    await stage.pass(180_000);
    expect(stage.states).toEqual([`raised ${outcome}`]);
    const record = Object.fromEntries(
      Object.entries(stage.alerts[0]!).filter(
        ([key]) => !/^hinomi\.(company|site|agent|epoch|lane|seq|row)$|ingested/.test(key),
      ),
    );
    expect(flawOfRecord(record)).toBeUndefined();
    stage.say('sent', '0a1c');
    stage.arrive('0a1c');
    await stage.pass(1_000);
    expect(stage.states).toEqual([`raised ${outcome}`, 'recovered arrived']);
    expect(stage.lookout.sightOf(BOX.agent)?.alerts).toEqual([]);
  });

  test('one that could not be sent, and one that was forgotten, are not sent', async () => {
    const stage = new Stage();
    stage.say('failed');
    await stage.pass(200_000);
    expect(stage.states).toEqual(['raised not_sent']);
    const forgetful = new Stage();
    forgetful.say('sent');
    forgetful.arrive();
    await forgetful.pass(DAY_MS);
    expect(forgetful.alerts).toEqual([]);
    await forgetful.pass(DAY_MS / 4);
    expect(forgetful.states).toEqual(['raised not_sent']);
  });

  test('a box that is not connected is known by that alone; one that sends none by its word', async () => {
    const stage = new Stage();
    stage.connectedMs = undefined;
    stage.say('sent');
    await stage.pass(3 * DAY_MS);
    expect(stage.alerts).toEqual([]);
    const off = new Stage();
    off.say('off');
    await off.pass(DAY_MS);
    expect([off.outcome, off.alerts]).toEqual(['off', []]);
  });

  test('a restart of the collector forgets neither what was sent nor what is raised', async () => {
    const stage = new Stage();
    stage.say('sent');
    stage.say('unseen');
    await stage.restart();
    await stage.pass(200_000);
    await stage.restart();
    await stage.pass(200_000);
    expect(stage.states).toEqual(['raised not_seen']);
    await stage.lookout.close();
  });
});

test('what a box sees is summed up for people', () => {
  const stage = new Stage();
  for (let minute = 0; minute < 40; minute++) {
    stage.store({
      '@timestamp': `2026-11-25T00:${String(minute).padStart(2, '0')}:00.000000Z`,
      'event.dataset': 'coverage',
      'hinomi.coverage.packets': 1_000 + minute,
      'hinomi.coverage.kernel_drops': 1,
      'hinomi.coverage.interface_drops': 2,
      'hinomi.coverage.tcp_half_seen_share': 0.25,
    });
  }
  stage.store({
    'event.dataset': 'alert',
    'rule.id': 'coverage-loss',
    'event.severity': 50,
    'hinomi.alert.state': 'raised',
    message: 'm',
  });
  const sight = stage.lookout.sightOf(BOX.agent);
  expect(sight).toMatchObject({ packets: 1_039, drops: 3, halfSeenShare: 0.25, alerts: [{ rule: 'coverage-loss' }] });
  expect(sight?.packetsByMinute).toHaveLength(30);
});
