import { describe, expect, test } from 'vitest';
import { flawOfRecord } from '../../protocol/records/records.js';
import { Roll } from './testing.js';

const MIN_MS = 60_000;
const HOUR_MS = 60 * MIN_MS;

/** Beyond the grace after a start. */
async function rollOf(count: number, placeOf: (i: number) => object = () => ({})): Promise<Roll> {
  const roll = new Roll();
  for (let i = 0; i < count; i++) roll.add(`b${i}`, placeOf(i));
  await roll.pass(10 * MIN_MS);
  expect(roll.told).toEqual([]);
  return roll;
}
const names = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `b${from + i}`);

describe('one box', () => {
  test('that is away for a moment alarms nobody; for longer once, and its return is told', async () => {
    const roll = await rollOf(3);
    roll.lose('b0');
    await roll.pass(2 * MIN_MS);
    roll.connect('b0');
    await roll.pass(5 * MIN_MS);
    expect(roll.told).toEqual([]);
    roll.lose('b0');
    await roll.pass(HOUR_MS);
    expect(roll.told).toEqual(['raised site-offline s-b0']);
    expect(roll.rows[0]?.['hinomi.message_ja']).toContain('最後の連絡 11/25 09:17');
    expect(roll.rows[0]?.['hinomi.alert.subject']).toBe('lost');
    roll.connect('b0');
    await roll.pass(MIN_MS);
    expect(roll.told).toHaveLength(1);
    await roll.pass(2 * MIN_MS);
    expect(roll.told).toEqual(['raised site-offline s-b0', 'recovered site-offline s-b0']);
    expect(roll.alarms.size).toBe(0);
  });

  test('whose line comes and goes is told once, not each time', async () => {
    const roll = await rollOf(3);
    for (let i = 0; i < 30; i++) {
      roll.lose('b0');
      await roll.pass(2 * MIN_MS);
      roll.connect('b0');
      await roll.pass(MIN_MS);
    }
    expect(roll.told).toEqual(['raised site-offline s-b0']);
  });

  test('that reconnects between two looks is not taken for steady', async () => {
    const roll = await rollOf(3);
    roll.lose('b0');
    await roll.pass(4 * MIN_MS);
    for (let i = 0; i < 10; i++) {
      roll.connect('b0');
      await roll.pass(MIN_MS);
    }
    expect(roll.told).toEqual(['raised site-offline s-b0']);
  });

  test('that was stopped in an orderly way is told after hours, in other words', async () => {
    const roll = await rollOf(3);
    roll.become('b0', 'goodbye');
    await roll.pass(3 * HOUR_MS);
    expect(roll.told).toEqual([]);
    await roll.pass(2 * HOUR_MS);
    expect(roll.told).toEqual(['raised site-offline s-b0']);
    expect(roll.rows[0]?.['hinomi.alert.subject']).toBe('stopped');
    expect(roll.rows[0]?.['event.severity']).toBe(30);
  });

  test('that is connected and says nothing is silent, and then perhaps gone', async () => {
    const roll = await rollOf(3);
    roll.become('b0', 'silent');
    await roll.pass(5 * MIN_MS);
    expect(roll.told).toEqual(['raised site-silent s-b0']);
    roll.lose('b0');
    await roll.pass(5 * MIN_MS);
    expect(roll.told.slice(1).sort()).toEqual(['raised site-offline s-b0', 'recovered site-silent s-b0']);
    roll.connect('b0');
    await roll.pass(5 * MIN_MS);
    expect(roll.told.slice(3)).toEqual(['recovered site-offline s-b0']);
  });

  test('that is replaced takes its alert with it', async () => {
    const roll = await rollOf(3);
    roll.lose('b0');
    await roll.pass(5 * MIN_MS);
    roll.boxes.delete('b0');
    await roll.pass(MIN_MS);
    expect(roll.told).toEqual(['raised site-offline s-b0', 'recovered site-offline s-b0']);
  });

  test('is told when the store takes it again', async () => {
    const roll = await rollOf(3);
    roll.canTell = false;
    roll.lose('b0');
    await roll.pass(10 * MIN_MS);
    roll.canTell = true;
    await roll.pass(MIN_MS);
    expect(roll.told).toEqual(['raised site-offline s-b0']);
    expect(flawOfRecord(own(roll.rows[0]!))).toBeUndefined();
  });
});

/** Without what the collector adds. */
const own = (row: object): object =>
  Object.fromEntries(
    Object.entries(row).filter(([key]) => !/^hinomi\.(company|site|agent|epoch|lane|seq|row)$|ingested/.test(key)),
  );

describe('the collector itself', () => {
  test('raises nothing by its own restart, when the boxes are back within four minutes', async () => {
    const roll = await rollOf(1_000);
    for (const downMs of [MIN_MS, 72 * HOUR_MS]) {
      await roll.restart(downMs);
      for (let i = 0; i < 1_000; i += 100) {
        await roll.pass(24_000);
        roll.connect(...names(i, i + 100));
      }
      await roll.pass(20 * MIN_MS);
    }
    expect(roll.told).toEqual([]);
    await roll.close();
  });

  test('raises nothing when it stood still, though every connection ended of it', async () => {
    const roll = await rollOf(1_000);
    for (let i = 0; i < 3; i++) {
      roll.freeze(30 * MIN_MS);
      roll.lose(...names(0, 1_000));
      await roll.pass(4 * MIN_MS);
      roll.connect(...names(0, 1_000));
      await roll.pass(10 * MIN_MS);
    }
    expect(roll.told).toEqual([]);
  });

  test('does not count the time in which it stutters', async () => {
    const roll = await rollOf(10);
    roll.lose('b0');
    for (let i = 0; i < 10; i++) {
      roll.freeze(24_000);
      await roll.pass(5_000);
    }
    roll.connect('b0');
    await roll.pass(10 * MIN_MS);
    expect(roll.told).toEqual([]);
  });

  test('raises nothing when its clock is set', async () => {
    const roll = await rollOf(100);
    for (const ms of [48 * HOUR_MS, -96 * HOUR_MS]) {
      roll.setMs += ms;
      await roll.pass(30 * MIN_MS);
    }
    expect(roll.told).toEqual([]);
  });

  test('after a restart raises nothing twice, and tells the end of what was raised before', async () => {
    const roll = await rollOf(100, (i) => ({ prefecture: i < 30 ? '岩手県' : '宮城県' }));
    roll.lose('b99', ...names(0, 30));
    await roll.pass(5 * MIN_MS);
    expect(roll.told).toEqual(['raised many-offline prefecture:岩手県', 'raised site-offline s-b99']);
    await roll.restart(MIN_MS);
    roll.connect(...names(30, 99));
    await roll.pass(30 * MIN_MS);
    expect(roll.told).toHaveLength(2);
    roll.connect('b99', ...names(0, 30));
    await roll.pass(10 * MIN_MS);
    expect(roll.told.slice(2).sort()).toEqual([
      'recovered many-offline prefecture:岩手県',
      'recovered site-offline s-b99',
    ]);
    await roll.close();
  });
});

describe('many of 1,000 boxes at once', () => {
  const PREFECTURES = ['岩手県', '宮城県', '福島県', '青森県', '秋田県'];
  const PROVIDERS = ['フレッツ光', 'auひかり', 'NURO'];
  const place = (i: number) => ({ prefecture: PREFECTURES[i % 5], provider: PROVIDERS[i % 3] });
  const those = (isOf: (i: number) => boolean): string[] => names(0, 1_000).filter((_, i) => isOf(i));

  test.each([
    ['of a prefecture', (i: number) => i % 5 === 0, 'prefecture:岩手県', '岩手県の拠点 200 か所のうち 200 か所'],
    ['of a provider', (i: number) => i % 3 === 1, 'provider:auひかり', '回線 auひかり の拠点 333 か所'],
    ['of a provider in a prefecture', (i: number) => i % 15 === 2, 'area:福島県/NURO', '福島県・NURO の拠点 67 か所'],
  ])('%s: one alert that names it', async (_what, isOf, subject, words) => {
    const roll = await rollOf(1_000, place);
    const gone = those(isOf);
    // As keepalives find it, within a minute.
    for (let i = 0; i < gone.length; i += 20) {
      roll.lose(...gone.slice(i, i + 20));
      await roll.pass(5_000);
    }
    await roll.pass(HOUR_MS);
    expect(roll.told).toEqual([`raised many-offline ${subject}`]);
    expect(roll.rows[0]?.['hinomi.message_ja']).toContain(words);
    expect(flawOfRecord(own(roll.rows[0]!))).toBeUndefined();
  });

  test('without a prefecture, the network of the addresses is named', async () => {
    const roll = await rollOf(300, (i) => ({ address: `203.0.${i % 3}.${i % 250}` }));
    roll.lose(...names(0, 300).filter((_, i) => i % 3 === 1));
    await roll.pass(10 * MIN_MS);
    expect(roll.told).toEqual(['raised many-offline network:203.0.1.0/24']);
  });

  test('two at the same time are two; and one that is gone by chance is told by itself', async () => {
    const roll = await rollOf(1_000, place);
    roll.lose('b1', ...those((i) => i % 5 === 0 || i % 15 === 2));
    await roll.pass(10 * MIN_MS);
    expect(roll.told.toSorted()).toEqual([
      'raised many-offline area:福島県/NURO',
      'raised many-offline prefecture:岩手県',
      'raised site-offline s-b1',
    ]);
  });

  test('all at once point at the own line; many with nothing in common are one alert too, a few are not', async () => {
    const roll = await rollOf(1_000, place);
    roll.lose(...names(0, 1_000));
    await roll.pass(10 * MIN_MS);
    expect(roll.told).toEqual(['raised many-offline all']);
    expect(roll.rows[0]?.['hinomi.message_ja']).toContain('監視センター自身の回線');
    const other = await rollOf(1_000, place);
    other.lose(...those((i) => i % 16 === 7));
    await other.pass(10 * MIN_MS);
    expect(other.told).toEqual(['raised many-offline mixed']);
    const few = await rollOf(1_000, place);
    few.lose('b7', 'b103', 'b211');
    await few.pass(10 * MIN_MS);
    expect(few.told).toHaveLength(3);
  });

  test('who goes later belongs to it, and it is told again when it has doubled', async () => {
    const roll = await rollOf(1_000, place);
    roll.lose(...those((i) => i % 5 === 0 && i < 700));
    await roll.pass(10 * MIN_MS);
    roll.lose(...those((i) => i % 5 === 0 && i >= 700 && i < 800));
    await roll.pass(10 * MIN_MS);
    expect(roll.told).toEqual(['raised many-offline prefecture:岩手県']);
    const grows = await rollOf(1_000, (i) => (i < 30 ? { prefecture: '岩手県' } : { prefecture: '宮城県' }));
    grows.lose(...names(0, 20));
    await grows.pass(10 * MIN_MS);
    for (let i = 30; i < 60; i++) {
      grows.boxes.delete(`b${i}`);
      grows.add(`b${i}`, { prefecture: '岩手県' });
    }
    await grows.pass(5 * MIN_MS);
    grows.lose(...names(20, 60));
    await grows.pass(10 * MIN_MS);
    expect(grows.told).toEqual(['raised many-offline prefecture:岩手県', 'repeated many-offline prefecture:岩手県']);
    expect(grows.rows[1]?.['hinomi.alert.value']).toBe(60);
  });

  test('its end is one message with how many are missing, who are told one by one later', async () => {
    const roll = await rollOf(1_000, place);
    const gone = those((i) => i % 5 === 0);
    roll.lose(...gone);
    await roll.pass(10 * MIN_MS);
    roll.connect(...gone.slice(0, 100));
    await roll.pass(10 * MIN_MS);
    expect(roll.told).toHaveLength(1);
    roll.connect(...gone.slice(100, 197));
    await roll.pass(2 * MIN_MS + 5_000);
    expect(roll.told.slice(1)).toEqual(['recovered many-offline prefecture:岩手県']);
    expect(roll.rows[1]?.['hinomi.message_ja']).toContain('200 か所のうち 197 か所が戻りました。まだ 3 か所');
    expect(roll.rows[1]?.['hinomi.alert.value']).toBe(3);
    await roll.pass(10 * MIN_MS);
    expect(roll.told.slice(2)).toEqual(gone.slice(197).map((agent) => `raised site-offline s-${agent}`));
  });
});

describe('clocks', () => {
  test('a wrong one is told once, with what to do, and its end', async () => {
    const roll = await rollOf(10);
    roll.become('b0', 'connected', { skewMs: -3 * HOUR_MS });
    roll.become('b1', 'connected', { skewMs: 59_000 });
    await roll.pass(HOUR_MS);
    expect(roll.told).toEqual(['raised clock-wrong s-b0']);
    expect(roll.rows[0]?.['hinomi.message_ja']).toMatch(/約 3 時間遅れて.*NTP/);
    expect(roll.rows[0]?.['hinomi.alert.value']).toBe(-10_800);
    roll.become('b0', 'connected', { skewMs: -40_000 });
    await roll.pass(MIN_MS);
    expect(roll.told).toHaveLength(1);
    roll.become('b0', 'connected', { skewMs: 20 });
    await roll.pass(MIN_MS);
    expect(roll.told).toEqual(['raised clock-wrong s-b0', 'recovered clock-wrong s-b0']);
  });

  test('a moment of it is not told', async () => {
    const roll = await rollOf(10);
    roll.become('b0', 'connected', { skewMs: HOUR_MS });
    await roll.pass(MIN_MS);
    roll.become('b0', 'connected', { skewMs: 0 });
    await roll.pass(HOUR_MS);
    expect(roll.told).toEqual([]);
  });

  test('when most are wrong in the same way it is our own', async () => {
    const roll = await rollOf(100);
    for (const agent of names(0, 90)) roll.become(agent, 'connected', { skewMs: 10 * MIN_MS + Number(agent.slice(1)) });
    await roll.pass(HOUR_MS);
    expect(roll.rows.map((row) => [row['rule.id'], row['hinomi.agent']])).toEqual([['clock-wrong', 'collector']]);
    expect(roll.rows[0]?.['hinomi.message_ja']).toContain('監視センターの時計が約 10 分遅れて');
  });
});
