import { expect, test } from 'vitest';
import { FIELDS } from '../../../protocol/records/records.js';
import { explainJa } from './explain-ja.js';
import { FIELDS_JA } from './fields-ja.js';

test('every field of every record kind is explained in Japanese, and no other', () => {
  expect(Object.keys(FIELDS_JA).sort()).toEqual([...FIELDS.keys()].sort());
});

test('what is wrong with a query is said in Japanese', () => {
  expect(explainJa('there is no field sorce.ip; did you mean source.ip or source.mac?')).toBe(
    '「sorce.ip」という項目はありません。もしかして: source.ip、source.mac',
  );
  expect(explainJa('a value is expected after >=')).toBe('「>=」の後に値が必要です');
});

test('words that are not in the table are shown as they came', () => {
  expect(explainJa('this or that went wrong')).toBe('this or that went wrong');
});
