import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCsv } from './csv.js';

test.each<[string, string[]]>([
  ['a,b,c', ['a', 'b', 'c']],
  ['', ['']],
  ['a,,', ['a', '', '']],
  ['"a,b","say ""hi""",c', ['a,b', 'say "hi"', 'c']],
  ['a"b,c', ['a"b', 'c']],
  ['"never ends,b', ['never ends,b']],
  ['"a"x,b', ['ax', 'b']],
])('%j', (text, fields) => expect(readCsv(text)).toEqual(fields));

test('what was written comes back', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (fields) => {
      expect(readCsv(fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(','))).toEqual(fields);
    }),
  );
});

test('no more than 500 fields; the rest stays in the last', () => {
  const fields = readCsv('x,'.repeat(600));
  expect(fields).toHaveLength(500);
  expect(fields.at(-1)).toMatch(/^x,x,/);
});
