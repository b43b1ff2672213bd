import { expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import type { Alarm } from './alarm-book.js';
import { causeOf } from './engine-texts.js';
import { EngineWatch } from './engine-watch.js';
import type { Telling } from './teller.js';

const STEADY_S = 900;

/** A watch over an engine that ends when it is told to, at a time of its own. */
class Stage {
  ms = 0;
  canTell = true;
  tries = 0;
  readonly told: Telling[] = [];
  readonly alarms = new Map<string, Alarm>();
  watch = this.#make();

  #make(): EngineWatch {
    const clock = { now: () => 1_000_000_000 + this.ms, monotonic: () => this.ms };
    return new EngineWatch(
      { engineSteadyS: STEADY_S },
      {
        ...{ clock, random: Math.random, log: silentLogger },
        alarms: {
          list: async () => [...this.alarms],
          put: async (key, alarm) => void this.alarms.set(key, alarm),
          delete: async (key) => void this.alarms.delete(key),
        },
        tell: async (telling) => {
          this.tries += 1;
          if (!this.canTell) return undefined;
          this.told.push(telling);
          return telling;
        },
      },
    );
  }

  async ended(reason: string, awayMs = 2_000): Promise<void> {
    this.watch.onRestarted(reason, awayMs);
    await this.watch.check();
  }

  async pass(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= 10) {
      this.ms += 10_000;
      await this.watch.check();
    }
  }

  async restartCollector(): Promise<void> {
    await this.watch.close();
    this.watch = this.#make();
    await this.watch.start();
    await this.watch.close();
  }

  get states(): string[] {
    return this.told.map(({ state, subject, value }) => `${state} ${subject} ${value}`);
  }
}

test('an end is told once with its reason, and that it is over', async () => {
  const stage = new Stage();
  await stage.ended('memory: 1700 MiB');
  expect(stage.told[0]).toMatchObject({ rule: 'engine-restarted', since: 1_000_000_000 - 2_000, severity: 50 });
  expect(stage.told[0]?.message).toContain('too much memory (memory: 1700 MiB)');
  expect(stage.told[0]?.messageJa).toContain('メモリを使いすぎたため、2 秒で再起動しました');
  await stage.pass(STEADY_S - 10);
  expect(stage.states).toEqual(['raised memory 1']);
  await stage.pass(20);
  expect(stage.states).toEqual(['raised memory 1', 'recovered memory 1']);
  await stage.pass(2 * STEADY_S);
  expect(stage.told).toHaveLength(2);
});

test('a loop of ends is one alert, and one an hour while it lasts', async () => {
  const stage = new Stage();
  for (let minute = 0; minute < 150; minute++) {
    await stage.ended(minute < 60 ? 'ended by itself: SIGSEGV' : 'hung');
    await stage.pass(60);
  }
  expect(stage.states).toEqual(['raised crash 1', 'repeated crash 60', 'repeated hang 120']);
  await stage.pass(STEADY_S);
  expect(stage.states.at(-1)).toBe('recovered hang 150');
  await stage.ended('hung');
  expect(stage.states.at(-1)).toBe('raised hang 1');
});

test('what could not be written is told when it can', async () => {
  const stage = new Stage();
  stage.canTell = false;
  await stage.ended('hung');
  await stage.pass(600);
  expect(stage.tries).toBeLessThanOrEqual(21);
  stage.canTell = true;
  await stage.pass(30);
  expect(stage.states).toEqual(['raised hang 1']);
});

test('a restart of the collector neither raises it again nor forgets its end', async () => {
  const stage = new Stage();
  await stage.ended('ended by itself: exit code 3');
  await stage.restartCollector();
  expect(stage.states).toEqual(['raised crash 1']);
  await stage.pass(STEADY_S + 10);
  expect(stage.states).toEqual(['raised crash 1', 'recovered crash 1']);
});

test("the supervisor's words become a cause", () => {
  expect(
    [
      'memory: 1700 MiB',
      'memory: none was left',
      'hung',
      'no answer in time: insert',
      'did not open the table in time',
      'unable to open: the disk is read-only',
      'ended by itself: SIGKILL',
      'ended by itself: SIGSEGV',
      'ended by itself: exit code 3',
    ].map(causeOf),
  ).toEqual(['memory', 'memory', 'hang', 'hang', 'hang', 'disk', 'killed', 'crash', 'crash']);
});
