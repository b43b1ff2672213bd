import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DOWN_TOPICS, downTopic, isOwnDownTopic, isSegment, parseUpTopic, UP_TOPICS, upTopic } from './topics.js';

const segment = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const address = fc.record({ site: segment, agent: segment });

test('an up topic is read back as it was made', () => {
  fc.assert(
    fc.property(address, fc.constantFrom(...UP_TOPICS), (of, name) => {
      expect(parseUpTopic(upTopic(of, name))).toEqual({ ...of, name });
    }),
  );
});

test('an agent may subscribe to its own down topics and to no others', () => {
  fc.assert(
    fc.property(address, address, fc.constantFrom(...DOWN_TOPICS), (own, other, name) => {
      expect(isOwnDownTopic(downTopic(own, name), own)).toBe(true);
      fc.pre(own.site !== other.site || own.agent !== other.agent);
      expect(isOwnDownTopic(downTopic(other, name), own)).toBe(false);
    }),
  );
});

test.each([
  'hinomi/1/s/a/down/ack',
  'hinomi/1/s/a/up/unknown',
  'hinomi/2/s/a/up/batch',
  'hinomi/1/s/a/up/batch/more',
  'hinomi/1//a/up/batch',
  'hinomi/1/+/a/up/batch',
  'hinomi/1/s/#',
  '$SYS/x',
  '',
])('%j is no up topic', (topic) => {
  expect(parseUpTopic(topic)).toBeUndefined();
});

test('wildcards are nobody’s own topic', () => {
  const own = { site: 's', agent: 'a' };
  for (const topic of ['hinomi/1/s/a/down/+', 'hinomi/1/s/a/down/#', '#', 'hinomi/1/s/a/up/batch'])
    expect(isOwnDownTopic(topic, own)).toBe(false);
});

test('a segment has one to 64 characters of the plain alphabet', () => {
  expect(isSegment('a'.repeat(64))).toBe(true);
  for (const text of ['', 'a'.repeat(65), 'a/b', '+', '#', 'é', 'a\n']) expect(isSegment(text)).toBe(false);
});
