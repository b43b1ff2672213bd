import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import type { AnyRecord } from '../../protocol/records/records.js';
import { Budget } from './budget.js';
import { type Cursor, Looks } from './look.js';
import { storedIn } from './rows.js';
import { Sophos } from './sophos/sophos.js';
import { type Fault, type SiemItem, SophosEmulator, siemAlert, siemEvent } from './testing/sophos-emulator.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PLENTY = { perSecond: 1e6, perMinute: 1e6, perHour: 1e6, perDay: 1e6 };
const CONFIG = { overlapMs: 15 * MINUTE_MS, sweepMs: 4 * HOUR_MS };
const LIMITS = { timeoutMs: 10_000, answerBytesMax: 2 ** 22 };
const SIGNAL = new AbortController().signal;

class Crash extends Error {}

/** Looks at an emulated cloud with a clock of its own, which can be stopped before or after any step. */
class Bench {
  nowMs = Date.parse('2026-11-25T00:00:00Z');
  readonly clock = { now: () => this.nowMs, monotonic: () => this.nowMs };
  readonly emulator = new SophosEmulator(() => this.nowMs);
  readonly cursors = new Map<string, Cursor>();
  rows: AnyRecord[] = [];
  /** What happens at the n-th step from now. */
  crash: { after: number; isDone: boolean; isEnd: boolean } | undefined;
  faults: Fault[] = [];
  #looks: Looks | undefined;

  constructor() {
    this.emulator.kind = 'tenant';
    this.emulator.siemPageMax = 3;
    this.emulator.fault = (path) => (path.startsWith('/siem') ? this.faults.shift() : undefined);
  }

  reset(): void {
    this.rows = [];
    this.cursors.clear();
    this.crash = undefined;
    this.faults = [];
    this.#looks = undefined;
    this.emulator.tenants.clear();
    this.emulator.addTenant('tenant-1', 'One', ['PC-01']);
  }

  get tenant() {
    return this.emulator.tenants.get('tenant-1')!;
  }

  async #step<T>(effect: () => T): Promise<T> {
    const crash = this.crash;
    if (crash === undefined || crash.after-- > 0) return effect();
    this.crash = undefined;
    if (crash.isDone) effect();
    if (!crash.isEnd) throw new Error('not known whether it was done');
    this.#looks = undefined;
    throw new Crash();
  }

  #open(): Looks {
    const world = { clock: this.clock, random: () => 0.5, log: silentLogger };
    const urls = { auth: this.emulator.url, api: this.emulator.url };
    const budget = new Budget(PLENTY, this.clock);
    const vendor = new Sophos({ ...this.emulator.credentials, urls }, { clock: this.clock, budget, limits: LIMITS });
    return new Looks(CONFIG, 'account', vendor, {
      ...world,
      cursors: {
        get: (key) => this.#step(() => this.cursors.get(key)),
        put: (key, value) => this.#step(() => void this.cursors.set(key, value)),
      },
      arrivedMs: () => this.nowMs,
      insert: (rows) => this.#step(() => void this.rows.push(...rows)),
      recall: () => this.#step(() => this.rows.map(storedIn)),
    });
  }

  /** One page. @returns whether there is more; undefined when it went wrong */
  async turn(stream: 'events' | 'alerts' | 'endpoints'): Promise<boolean | undefined> {
    this.#looks ??= this.#open();
    const place = { account: 'account', tenant: 'tenant-1', company: 'c', site: 's' };
    const tenant = { id: 'tenant-1', name: 'One', host: this.emulator.url };
    return this.#looks.turn({ tenant, place, stream }, { signal: SIGNAL }).catch(() => undefined);
  }

  async whole(stream: 'events' | 'alerts' | 'endpoints'): Promise<void> {
    while ((await this.turn(stream)) !== false);
  }

  stored(id: string): AnyRecord[] {
    return this.rows.filter((row) => row['event.id'] === id);
  }

  get gaps(): Array<{ startMs: number; endMs: number }> {
    return this.rows
      .filter((row) => row['event.dataset'] === 'gap')
      .map((row) => ({ startMs: Date.parse(String(row['event.start'])), endMs: Date.parse(String(row['event.end'])) }));
  }
}

describe('looks at the lists of a cloud', () => {
  const bench = new Bench();
  beforeAll(() => bench.emulator.start());
  afterAll(() => bench.emulator.close());

  type Action =
    | { kind: 'tell'; list: 'events' | 'alerts'; lateMin: number }
    | { kind: 'change' }
    | { kind: 'pass'; minutes: number }
    | { kind: 'look'; list: 'events' | 'alerts'; turns: number }
    | { kind: 'fault'; fault: Fault }
    | { kind: 'crash'; after: number; isDone: boolean; isEnd: boolean };
  const list = fc.constantFrom('events' as const, 'alerts' as const);
  const action: fc.Arbitrary<Action> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('tell' as const), list, lateMin: fc.nat(14) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('change' as const) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass' as const), minutes: fc.nat(300) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), minutes: fc.nat({ max: 3_000 }) }) },
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('look' as const), list, turns: fc.integer({ min: 1, max: 4 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('fault' as const),
        fault: fc.constantFrom<Fault>(
          'lost',
          'cut',
          { status: 429, retryAfter: '1' },
          { status: 429 },
          { status: 503 },
        ),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('crash' as const),
        ...{ after: fc.nat(5), isDone: fc.boolean(), isEnd: fc.boolean() },
      }),
    },
  );

  test('store everything once, whatever is lost or stopped in between, and say where something may be missing', async () => {
    const property = fc.asyncProperty(
      fc.array(action, { minLength: 5, maxLength: 60, size: 'max' }),
      async (actions) => {
        bench.reset();
        let count = 0;
        // What the cloud had forgotten before the first look was whole need not be there.
        const sinceMs = { events: Number.NaN, alerts: Number.NaN };
        const horizonMs = (): number => bench.nowMs - 86_400_000 + 2 * MINUTE_MS;
        for (const step of actions) {
          if (step.kind === 'tell') {
            const made = (step.list === 'events' ? siemEvent : siemAlert)(`id-${count++}`, bench.nowMs);
            bench.tenant[step.list].push({ ...made, visibleMs: bench.nowMs + step.lateMin * MINUTE_MS });
          } else if (step.kind === 'change') {
            const last = bench.tenant.alerts.at(-1);
            if (last !== undefined) {
              const body = { ...last.body, severity: 'low', note: `changed ${count++}` };
              bench.tenant.alerts.splice(-1, 1, { ...last, body });
            }
          } else if (step.kind === 'pass') bench.nowMs += step.minutes * MINUTE_MS;
          else if (step.kind === 'fault') bench.faults.push(step.fault);
          else if (step.kind === 'crash') bench.crash = { ...step };
          else
            for (let turn = 0; turn < step.turns; turn++)
              if ((await bench.turn(step.list)) === false && Number.isNaN(sinceMs[step.list]))
                sinceMs[step.list] = horizonMs();
        }
        bench.faults = [];
        bench.crash = undefined;
        bench.nowMs += 15 * MINUTE_MS;
        for (const each of ['events', 'alerts'] as const) {
          await bench.whole(each);
          await bench.whole(each);
          const gaps = bench.rows.filter((row) => row['event.dataset'] === 'gap' && row['hinomi.edr.stream'] === each);
          for (const item of bench.tenant[each])
            checkItem(item, gaps, Number.isNaN(sinceMs[each]) ? horizonMs() : sinceMs[each]);
        }
        const names = bench.rows.map(
          (row) => `${row['hinomi.edr.stream']} ${row['event.id']} ${row['hinomi.edr.hash']}`,
        );
        expect(names).toEqual([...new Set(names)]);
      },
    );
    await fc.assert(property, { numRuns: Number(process.env['RUNS'] ?? 60), interruptAfterTimeLimit: 40_000 });
  }, 240_000);

  /** @param sinceMs what is older need not be there: nothing had been read to its end before */
  function checkItem(item: SiemItem, gaps: readonly AnyRecord[], sinceMs: number): void {
    const isThere = bench.stored(item.id).some((row) => row['event.original'] === JSON.stringify(item.body));
    const isTold = gaps.some(
      (gap) =>
        Date.parse(String(gap['event.start'])) <= item.createdMs &&
        item.createdMs <= Date.parse(String(gap['event.end'])),
    );
    const wasChanged = 'note' in item.body && bench.stored(item.id).length > 0;
    const isOld = item.createdMs < sinceMs || (wasChanged && item.createdMs < bench.nowMs - 23 * HOUR_MS);
    expect(isThere || isTold || isOld, `${item.id} of ${new Date(item.createdMs).toISOString()}`).toBe(true);
  }

  test('what is very late is found by the look at everything', async () => {
    bench.reset();
    await bench.whole('events');
    bench.tenant.events.push({ ...siemEvent('late', bench.nowMs - HOUR_MS), visibleMs: bench.nowMs + 2 * HOUR_MS });
    bench.nowMs += 3 * HOUR_MS;
    await bench.whole('events');
    expect(bench.stored('late')).toHaveLength(0);
    bench.nowMs += 2 * HOUR_MS;
    await bench.whole('events');
    expect(bench.stored('late')).toHaveLength(1);
  });

  test('an alert that was changed is a new row with the next revision', async () => {
    bench.reset();
    bench.tenant.alerts.push(siemAlert('a', bench.nowMs));
    await bench.whole('alerts');
    bench.tenant.alerts.splice(0, 1, siemAlert('a', bench.nowMs, { severity: 'low' }));
    bench.nowMs += CONFIG.overlapMs;
    await bench.whole('alerts');
    await bench.whole('alerts');
    expect(bench.stored('a').map((row) => [row['hinomi.edr.revision'], row['event.severity']])).toEqual([
      [1, 80],
      [2, 30],
    ]);
  });

  test('an outage that was longer than the memory of the cloud is a gap, once', async () => {
    bench.reset();
    await bench.whole('events');
    const goneMs = bench.nowMs;
    bench.nowMs += 30 * HOUR_MS;
    bench.crash = { after: 3, isDone: true, isEnd: true };
    await bench.whole('events');
    await bench.whole('events');
    expect(bench.gaps).toEqual([
      { startMs: goneMs - CONFIG.overlapMs, endMs: bench.nowMs - 86_400_000 + 2 * MINUTE_MS },
    ]);
  });

  test('an endpoint is told again when something changes, not when it speaks', async () => {
    bench.reset();
    await bench.whole('endpoints');
    bench.nowMs += HOUR_MS;
    await bench.whole('endpoints');
    expect(bench.rows).toHaveLength(1);
    bench.tenant.endpoints[0]!.isIsolated = true;
    await bench.whole('endpoints');
    expect(bench.rows.map((row) => row['hinomi.edr.isolation'])).toEqual(['not_isolated', 'isolated']);
  });
});
