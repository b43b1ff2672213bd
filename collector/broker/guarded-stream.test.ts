import { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FrameGuard } from './frame-guard.js';
import { GuardedStream } from './guarded-stream.js';

let records: string[];
let stream: GuardedStream;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  records = [];
  const socket = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      records.push(chunk.toString('hex'));
      done();
    },
  });
  const guard = new FrameGuard({ connectBytesMax: 64, frameBytesMax: 64 });
  const peer = { agent: 'a', site: 's', company: 'c' };
  stream = new GuardedStream(socket as TLSSocket, guard, peer, 'id', () => {});
});
afterEach(() => {
  stream.destroy();
  vi.useRealTimers();
});

const puback = (id: number): Buffer => Buffer.from([0x40, 2, id >> 8, id & 0xff]);
const HELLO = Buffer.from('30020000', 'hex');

test('the pieces of a packet go out as one record', () => {
  stream.cork();
  for (const byte of HELLO) stream.write(Buffer.from([byte]));
  stream.uncork();
  expect(records).toEqual([HELLO.toString('hex')]);
});

test('a PUBACK that may wait goes with what comes next, in order', () => {
  stream.letWait(1);
  stream.letWait(2);
  stream.write(puback(1));
  stream.write(puback(2));
  expect(records).toEqual([]);
  stream.write(HELLO);
  expect(records).toEqual([`4002000140020002${HELLO.toString('hex')}`]);
  vi.advanceTimersByTime(1_000);
  expect(records).toHaveLength(1);
});

test('where nothing comes it goes by itself soon, and the others at once', async () => {
  await new Promise<void>((done) => stream.write(puback(7), () => done()));
  stream.letWait(1);
  stream.write(puback(1));
  vi.advanceTimersByTime(50);
  expect(records).toEqual(['40020007']);
  vi.advanceTimersByTime(100);
  expect(records).toEqual(['40020007', '40020001']);
});

test('what waits goes out before an end, and is forgotten by a break', () => {
  stream.letWait(1);
  stream.write(puback(1));
  stream.end();
  expect(records).toEqual(['40020001']);
  stream.destroy();
  vi.advanceTimersByTime(1_000);
  expect(records).toHaveLength(1);
});
