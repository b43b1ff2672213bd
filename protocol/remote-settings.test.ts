import { expect, test } from 'vitest';
import { flawOfSettings } from './commands.js';
import { fieldsOfSettings } from './remote-settings.js';

test('every key that may be set from afar is named once with what it takes', () => {
  const fields = fieldsOfSettings();
  expect(new Set(fields.map(({ key }) => key)).size).toBe(fields.length);
  expect(fields).toContainEqual({ key: 'spool.laneBytesMax.p0', kind: 'integer', minimum: 65_536, maximum: 2 ** 36 });
  expect(fields.find(({ key }) => key === 'logLevel')).toMatchObject({ kind: 'choice' });
  expect(fields.find(({ key }) => key === 'canary.isOn')).toEqual({ key: 'canary.isOn', kind: 'boolean' });
  expect(fields.find(({ key }) => key === 'sensor.pipeline.local')).toMatchObject({ kind: 'texts', itemsMax: 256 });
});

test('a value at the bounds of its field is taken, one beyond is refused by its name', () => {
  for (const { key, kind, minimum, maximum } of fieldsOfSettings()) {
    if (kind !== 'integer') continue;
    const settings = (value: number): object =>
      key.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object;
    expect(minimum).toBeDefined();
    expect(flawOfSettings(settings(minimum ?? 0))).toBeUndefined();
    expect(flawOfSettings(settings(maximum ?? 0))).toBeUndefined();
    expect(flawOfSettings(settings((maximum ?? 0) + 1))).toContain(key);
  }
});
