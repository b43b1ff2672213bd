import { expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import type { Alarm } from './alarm-book.js';
import { ConfigWatch, type SaidOfConfig } from './config-watch.js';
import type { About, Telling } from './teller.js';

const BOX = { agent: 'a1', site: 's1', company: 'c1' };
const FORBIDDEN = {
  version: 7,
  code: 'REMOTE_FORBIDDEN',
  message: 'the policy of this box does not allow spool.bytesMax',
};
const UNPROVEN = { version: 8, code: 'REMOTE_CONFIG_UNPROVEN', message: 'the collector acknowledged nothing for 60 s' };
const kept = (running: number): SaidOfConfig => ({ state: 'kept', running });

class Stage {
  ms = 0;
  canTell = true;
  boxes: About[] = [BOX];
  readonly told: Telling[] = [];
  readonly alarms = new Map<string, Alarm>();
  watch = this.#make();

  #make(): ConfigWatch {
    return new ConfigWatch({
      ...{ clock: { now: () => this.ms, monotonic: () => this.ms }, random: Math.random, log: silentLogger },
      alarms: {
        list: async () => [...this.alarms],
        put: async (key, alarm) => void this.alarms.set(key, alarm),
        delete: async (key) => void this.alarms.delete(key),
      },
      boxes: () => this.boxes,
      siteName: async () => '盛岡本社',
      tell: async (_about, telling) => {
        if (!this.canTell) return undefined;
        this.told.push(telling);
        return telling;
      },
    });
  }

  async says(said: SaidOfConfig): Promise<void> {
    this.watch.onSaid(BOX, said);
    await this.watch.check();
  }

  async later(ms: number): Promise<void> {
    this.ms += ms;
    await this.watch.check();
  }

  async restartCollector(): Promise<void> {
    this.watch = this.#make();
    await this.watch.start();
    await this.watch.close();
  }

  get states(): string[] {
    return this.told.map(({ state, value }) => `${state} ${value}`);
  }
}

test('what the policy of the office refuses is told once, with site, version and reason', async () => {
  const stage = new Stage();
  for (let time = 0; time < 3; time++) await stage.says({ state: 'refused', running: 6, failed: FORBIDDEN });
  await stage.restartCollector();
  await stage.says({ state: 'refused', running: 6, failed: FORBIDDEN });
  expect(stage.states).toEqual(['raised 7']);
  expect(stage.told[0]).toMatchObject({ rule: 'config-went-back', subject: 'version 7: REMOTE_FORBIDDEN' });
  expect(stage.told[0]?.message).toBe(
    '盛岡本社 refused version 7 of its configuration and goes on with version 6: the policy of this box does not allow spool.bytesMax (REMOTE_FORBIDDEN). Ask the office to allow it, or leave it out and save it again.',
  );
  expect(stage.told[0]?.messageJa).toContain('「盛岡本社」は設定の版 7 を受け付けず、版 6で動き続けています');
  expect(stage.told[0]?.messageJa).toContain('事業所の方針で許されていません');
});

test('what went back is told, and over when the box keeps one again', async () => {
  const stage = new Stage();
  await stage.says({ state: 'back', running: 0, failed: UNPROVEN });
  expect(stage.told[0]?.messageJa).toContain('元の設定(監視装置自身の設定ファイル)に戻しました');
  await stage.says({ state: 'trial', running: 9 });
  expect(stage.states).toEqual(['raised 8']);
  await stage.says(kept(9));
  await stage.says(kept(9));
  expect(stage.states).toEqual(['raised 8', 'recovered 9']);
  expect(stage.alarms.size).toBe(0);
});

test('a box that never failed is not told of', async () => {
  const stage = new Stage();
  await stage.says({ state: 'local', running: 0 });
  await stage.says({ state: 'trial', running: 1 });
  await stage.says(kept(1));
  expect(stage.told).toEqual([]);
});

test('a box that fails without end is told of once a minute, with its last word', async () => {
  const stage = new Stage();
  for (let version = 1; version <= 50; version++)
    await stage.says({ state: 'back', running: 0, failed: { ...UNPROVEN, version } });
  expect(stage.states).toEqual(['raised 1']);
  await stage.later(60_000);
  expect(stage.states).toEqual(['raised 1', 'raised 50']);
});

test('what could not be written is told later; a box that is no more is forgotten', async () => {
  const stage = new Stage();
  stage.canTell = false;
  await stage.says({ state: 'back', running: 0, failed: UNPROVEN });
  stage.canTell = true;
  await stage.later(10_000);
  expect(stage.states).toEqual(['raised 8']);
  stage.boxes = [];
  await stage.later(10_000);
  expect(stage.alarms.size).toBe(0);
});
