import { describe, expect, test } from 'vitest';
import { fieldsOfSettings, keysOfSettings } from '../../../protocol/remote-settings.js';
import { SETTING_NAMES } from './setting-names.js';
import { flatten, flawOf, rowNamed, rowsOf, settingsOf } from './setting-rows.js';
import { en } from './texts-en.js';
import { ja } from './texts-ja.js';

const FIELDS = new Map(fieldsOfSettings().map((field) => [field.key, field]));
const SETTINGS = {
  logLevel: 'debug',
  spool: { syncAll: true, laneBytesMax: { p0: 1_048_576 } },
  sensor: { pipeline: { local: ['192.168.0.0/16', '10.0.0.0/8'] } },
  watch: { ring: {} },
};

describe('settings', () => {
  test('become rows and the same settings again, those that no row can edit included', () => {
    expect(settingsOf(rowsOf(SETTINGS, FIELDS), FIELDS)).toEqual(SETTINGS);
    expect(flatten(SETTINGS).map(([key]) => key)).toEqual(keysOfSettings(SETTINGS));
  });

  test('all have a name in both languages', () => {
    expect(Object.keys(SETTING_NAMES).sort()).toEqual([...FIELDS.keys()].sort());
  });

  test.each([
    ['publish.connectMsMax', '５，０００', undefined, 5_000],
    ['publish.connectMsMax', '5', '100 から 120,000 までにしてください。', undefined],
    ['publish.connectMsMax', 'soon', ja.remote.notInteger, undefined],
    ['publish.connectMsMax', '', ja.remote.needed, undefined],
    ['canary.isOn', 'false', undefined, false],
    ['sensor.pipeline.local', '10.0.0.0/8、192.168.0.0/16,', undefined, ['10.0.0.0/8', '192.168.0.0/16']],
    ['watch.ring.filter', 'x'.repeat(1_025), ja.remote.tooLong(1_024), undefined],
  ])('%s as %s', (key, text, flaw, value) => {
    const row = { key, text };
    expect(flawOf(row, FIELDS.get(key), ja)).toBe(flaw);
    if (flaw === undefined) expect(flatten(settingsOf([row], FIELDS))).toEqual([[key, value]]);
  });

  test("the collector's refusal finds its row", () => {
    const rows = rowsOf(SETTINGS, FIELDS);
    expect(rowNamed('spool.syncAll must be boolean', rows)).toBe('spool.syncAll');
    expect(rowNamed('something else', rows)).toBeUndefined();
  });

  test('a key called like a part of every object is no row of ours', () => {
    expect(flawOf({ key: '__proto__', text: 'x' }, FIELDS.get('__proto__'), en)).toBeUndefined();
  });
});
