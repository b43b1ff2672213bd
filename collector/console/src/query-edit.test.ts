import { describe, expect, test } from 'vitest';
import { quoteValue, siteOf, withCondition, withSite } from './query-edit.js';

describe('a value in a query', () => {
  test.each([
    ['dns', 'dns'],
    [443, '443'],
    ['192.168.1.10', '192.168.1.10'],
    ['2001:db8::1', '"2001:db8::1"'],
    ['say "hi" \\', '"say \\"hi\\" \\\\"'],
    ['*', '"*"'],
    ['OR', '"OR"'],
    ['or', 'or'],
    ['', '""'],
    ['盛岡', '盛岡'],
  ])('%s is written %s', (value, written) => expect(quoteValue(value)).toBe(written));
});

describe('adding a condition', () => {
  test('to nothing', () => expect(withCondition(' ', 'a', 'x', false)).toBe('a:x'));
  test('to another', () => expect(withCondition('b:y', 'a', 'x', true)).toBe('b:y AND NOT a:x'));
  test('twice changes nothing', () => expect(withCondition('b:y a:x', 'a', 'x', false)).toBe('b:y a:x'));
  test('replaces its opposite', () => expect(withCondition('NOT a:x AND b:y', 'a', 'x', false)).toBe('b:y AND a:x'));
  test('keeps alternatives together', () =>
    expect(withCondition('(a:1) OR (b:2)', 'c', 3, false)).toBe('((a:1) OR (b:2)) AND c:3'));
  test('leaves alternatives in brackets alone', () =>
    expect(withCondition('(a:1 OR b:2)', 'c', 3, false)).toBe('(a:1 OR b:2) AND c:3'));
  test('does not take a quoted OR for an alternative', () =>
    expect(withCondition('"this OR that"', 'c', 3, false)).toBe('"this OR that" AND c:3'));
});

describe('the site of a query', () => {
  test('is found among other conditions', () => expect(siteOf('dns hinomi.site:s1 AND a:b')).toBe('s1'));
  test('is none when it is excluded', () => expect(siteOf('NOT hinomi.site:s1')).toBeUndefined());
  test('is none among alternatives', () => expect(siteOf('hinomi.site:s1 OR hinomi.site:s2')).toBeUndefined());
  test('is replaced by another', () => expect(withSite('hinomi.site:s1 dns', 's2')).toBe('dns AND hinomi.site:s2'));
  test('is taken out', () => expect(withSite('a:"x AND y" AND hinomi.site:s1', undefined)).toBe('a:"x AND y"'));
  test('leaves a query without one as it was typed', () =>
    expect(withSite('a:1  OR  b:2', undefined)).toBe('a:1  OR  b:2'));
});
