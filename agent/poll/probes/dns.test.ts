import { createSocket, type Socket } from 'node:dgram';
import { afterEach, expect, test } from 'vitest';
import { probeOnce, targetOf } from '../testing/peers.js';

let socket: Socket | undefined;
afterEach(() => new Promise<void>((resolve) => (socket === undefined ? resolve() : socket.close(() => resolve()))));

// RFC 1035 4.1.
function answerTo(question: Buffer, address: number[] | undefined, code = 0): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(address === undefined ? 0 : 1, 6);
  head.writeUInt32BE(0, 8);
  const record = address === undefined ? [] : [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address];
  return Buffer.concat([head, question.subarray(12, end), Buffer.from(record)]);
}

async function serve(answer: (question: Buffer) => Buffer | undefined): Promise<number> {
  const made = createSocket('udp4');
  socket = made;
  made.on('message', (question, from) => {
    const bytes = answer(question);
    if (bytes !== undefined) made.send(bytes, from.port, from.address);
  });
  await new Promise<void>((resolve) => made.bind(0, '127.0.0.1', resolve));
  return made.address().port;
}

const ask = (port: number, more: object = {}, timeoutMs = 5_000) =>
  probeOnce(targetOf({ timeoutMs, dns: { server: '127.0.0.1', port, name: 'www.example.jp', ...more } }));

test('a server that answers is up, with what it answered', async () => {
  const port = await serve((question) => answerTo(question, [192, 0, 2, 7]));
  expect(await ask(port)).toMatchObject({
    outcome: 'good',
    facts: { 'hinomi.endpoint.answers': '192.0.2.7', 'hinomi.endpoint.address': `127.0.0.1:${port}` },
  });
});

test('another answer than expected is a trouble', async () => {
  const port = await serve((question) => answerTo(question, [198, 51, 100, 1]));
  expect(await ask(port, { expect: ['192.0.2.7'] })).toMatchObject({ outcome: 'warn', reason: 'answer-unexpected' });
  expect(await ask(port, { expect: ['198.51.100.1'] })).toMatchObject({ outcome: 'good' });
});

test.each([
  ['no such name', (question: Buffer) => answerTo(question, undefined, 3), 'no-such-name'],
  ['a failure', (question: Buffer) => answerTo(question, undefined, 2), 'server-failed'],
  ['a refusal', (question: Buffer) => answerTo(question, undefined, 5), 'server-failed'],
  ['nothing', () => undefined, 'timeout'],
  ['noise', () => Buffer.from('garbage'), 'timeout|malformed'],
  ['half an answer', (question: Buffer) => answerTo(question, [1, 2, 3, 4]).subarray(0, 40), 'timeout|malformed'],
  [
    'an answer to somebody else',
    (question: Buffer) => {
      const answer = answerTo(question, [1, 2, 3, 4]);
      answer.writeUInt16BE(answer.readUInt16BE(0) ^ 0xffff, 0);
      return answer;
    },
    'timeout',
  ],
])('%s is told as that', async (_name, answer, reason) => {
  const result = await ask(await serve(answer), {}, 700);
  expect(result.outcome).toBe('bad');
  expect(result.reason).toMatch(new RegExp(`^(${reason})$`));
});
