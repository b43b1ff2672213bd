import { expect, test } from 'vitest';
import type { CommandView } from '../../../protocol/api/remote.js';
import { ERROR_CODES } from '../../../protocol/base/error-codes.js';
import { COMMAND_NAMES, flawOfArgs } from '../../../protocol/commands.js';
import { argsText, bodyOf, FIRST_DRAFT, nextStep, OFFERED, resultLines, wholeNumber } from './command-words.js';
import { en } from './texts-en.js';
import { ja } from './texts-ja.js';

const VIEW: CommandView = {
  ...{ id: 'c1', site: 's', agent: 'a', name: 'capture', args: {}, state: 'done', by: '花子' },
  ...{ issued: '2026-11-25T00:00:00Z', expires: '2026-11-25T00:10:00Z', changed: '2026-11-25T00:00:09Z' },
};

test('every command that there is is offered, named and explained in both languages', () => {
  expect([...OFFERED].sort()).toEqual([...COMMAND_NAMES].sort());
  for (const { remote } of [ja, en])
    for (const name of COMMAND_NAMES) expect([remote.names[name], remote.about[name]]).not.toContain(undefined);
});

test.each(OFFERED)('%s as it is offered first is taken', (name) => {
  const { args } = bodyOf({ ...FIRST_DRAFT, name }) ?? {};
  const defaults = name === 'capture' ? { snapBytes: 65_535 } : {};
  expect(flawOfArgs(name, { ...defaults, ...args })).toBeUndefined();
});

test('a number that is none is not sent; full-width digits and signs are fine', () => {
  const draft = { ...FIRST_DRAFT, name: 'capture' as const };
  for (const seconds of ['', '0', '3601', '-1', '1.5', 'x']) expect(bodyOf({ ...draft, seconds })).toBeUndefined();
  expect(bodyOf({ ...draft, lastSeconds: 'x' })).toBeUndefined();
  expect(bodyOf({ ...draft, seconds: '２０', filter: 'port ５３', reason: ' ' })).toEqual({
    name: 'capture',
    args: { filter: 'port 53', seconds: 20, bytesMax: 10_000_000 },
    expiresInS: 600,
  });
  expect(wholeNumber('1e3', 0, 9_999)).toBeUndefined();
});

test('what came of it is told in words', () => {
  const result = { packets: 0, dropped: 3, endedBy: 'sensor' };
  expect(resultLines({ ...VIEW, result }, ja)).toEqual([
    '条件に合うパケットはありませんでした',
    '取りこぼし 3',
    'センサーが止まったため途中で終わりました',
  ]);
  expect(resultLines({ ...VIEW, state: 'failed', result }, ja)).toEqual([]);
  expect(argsText({ ...VIEW, args: { filter: '\u202eevil', seconds: 5, bytesMax: 1e6 } }, en)).toContain(
    '\\u{202e}evil',
  );
});

test('each refusal of a box has words in Japanese that say what to do', () => {
  const codes = Object.keys(ERROR_CODES).filter((code) => /^(REMOTE|CAPTURE)_/.test(code));
  const ofTheBox = codes.filter((code) => !/TRUNC|CORRUPT|UNREADABLE|FORMAT|LINK|PRIVIL|INTERFACE|LIBRARY/.test(code));
  const elsewhere = ['REMOTE_NOT_FOUND', 'REMOTE_LIMIT', 'REMOTE_NO_RESULT'];
  for (const code of ofTheBox.filter((each) => !elsewhere.includes(each)))
    expect([code, nextStep({ ...VIEW, state: 'failed', code }, ja)]).not.toContain(undefined);
  expect(nextStep({ ...VIEW, state: 'failed', code: 'REMOTE_BUSY', remedy: 'wait' }, en)).toBe('wait');
});
