import { once } from 'node:events';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect, createServer } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyRecord } from '../../../../protocol/records/records.js';
import {
  HTTP2_FRAME,
  hpackLiterals,
  http2Conversation,
  http2Data,
  http2Frame,
  http2Headers,
  PREFACE,
} from '../../../../scripts/traffic/http2.js';
import { overTcp, recordsOf } from '../../../../scripts/traffic/records.js';
import type { Step } from '../../../../scripts/traffic/tcp.js';

const httpOf = (steps: readonly Step[]): AnyRecord[] =>
  recordsOf(overTcp(steps, { serverPort: 8_081 })).filter((record) => record['event.dataset'] === 'http');
const GET = { ':method': 'GET', ':path': '/', ':authority': 'a.example' };
const ok = (stream: number, isEnd = true): Buffer => http2Headers(stream, { ':status': '200' }, isEnd);
const answered = (client: Buffer, server: Buffer): AnyRecord[] =>
  httpOf([
    ['client', Buffer.concat([PREFACE, client])],
    ['server', server],
  ]);

describe('HTTP/2 without TLS', () => {
  test('is one record for each stream', () => {
    const records = httpOf(http2Conversation('www.example.jp:8081'));
    expect(records).toHaveLength(2);
    expect(records[0]).toMatchObject({ 'url.path': '/', 'http.response.status_code': 304, 'http.version': '2' });
    expect(records[1]).toMatchObject({
      'http.request.method': 'POST',
      'url.original': '/form?a=1',
      'url.domain': 'www.example.jp',
      'url.port': 8_081,
      'user_agent.original': 'g',
      'http.request.body.bytes': 300,
      'http.response.status_code': 200,
      'http.response.mime_type': 'text/html',
      'http.response.body.bytes': 42_000,
      'network.protocol': 'http',
    });
  });

  test('goes on with the request that asked for it', () => {
    const ask = 'GET /up HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';
    const agree = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';
    const records = httpOf([
      ['client', Buffer.from(ask)],
      ['server', Buffer.concat([Buffer.from(agree), http2Frame(HTTP2_FRAME.settings, 0, 0), ok(1, false)])],
      ['client', Buffer.concat([PREFACE, http2Headers(3, { ...GET, ':path': '/next' }, true)])],
      ['server', Buffer.concat([http2Data(1, 7, true), ok(3)])],
    ]);
    expect(
      records.map((record) => [record['url.path'], record['http.response.status_code'], record['http.version']]),
    ).toEqual([
      ['/up', 101, '1.1'],
      ['/up', 200, '2'],
      ['/next', 200, '2'],
    ]);
    expect(records.map((record) => record['hinomi.http.upgrade'])).toEqual(['h2c', undefined, undefined]);
  });

  test('may say fields in several frames, padded and with a priority', () => {
    const fields = hpackLiterals(GET);
    const first = Buffer.concat([Buffer.of(3), Buffer.alloc(5), fields.subarray(0, 10), Buffer.alloc(3)]);
    const [record] = answered(
      Buffer.concat([
        http2Frame(HTTP2_FRAME.headers, 0x29, 1, first),
        http2Frame(HTTP2_FRAME.continuation, 0, 1, fields.subarray(10, 20)),
        http2Frame(HTTP2_FRAME.continuation, 4, 1, fields.subarray(20)),
      ]),
      Buffer.concat([
        ok(1, false),
        http2Frame(HTTP2_FRAME.data, 9, 1, Buffer.concat([Buffer.of(4), Buffer.alloc(10)])),
      ]),
    );
    expect(record).toMatchObject({ 'url.domain': 'a.example', 'http.response.body.bytes': 6 });
  });

  test('is told when a stream is broken off, or the connection ends', () => {
    const ask = Buffer.concat([1, 3].map((stream) => http2Headers(stream, { ...GET, ':path': `/${stream}` }, true)));
    const reset = http2Frame(HTTP2_FRAME.reset, 0, 3, Buffer.alloc(4));
    const records = answered(ask, Buffer.concat([ok(3, false), http2Data(3, 50, false), reset]));
    expect(records.map((record) => [record['url.path'], record['http.response.body.bytes']])).toEqual([
      ['/3', 50],
      ['/1', undefined],
    ]);
  });

  test('has interim answers, trailers and promises', () => {
    const promise = Buffer.concat([Buffer.of(0, 0, 0, 2), hpackLiterals({ ...GET, ':path': '/pushed' })]);
    const records = answered(
      http2Headers(1, GET, true),
      Buffer.concat([
        http2Headers(1, { ':status': '103' }, false),
        http2Frame(HTTP2_FRAME.push, 4, 1, promise),
        ok(1, false),
        http2Headers(1, { 'grpc-status': '0' }, true),
        ok(2, false),
        http2Data(2, 9, true),
      ]),
    );
    expect(records.map((record) => [record['url.path'], record['http.response.status_code']])).toEqual([
      ['/', 200],
      ['/pushed', 200],
    ]);
  });

  test('of real programs, whose fields are coded', async () => {
    const { steps, close } = await realConversation();
    const records = httpOf(steps);
    await close();
    expect(records.map((record) => [record['url.original'], record['http.response.body.bytes']])).toEqual([
      ['/first?q=~%20!', 5],
      ['/second', 100_000],
    ]);
    expect(records[1]).toMatchObject({ 'user_agent.original': 'probe (x;y) "z" {}|`^<>@#$&*', 'http.version': '2' });
  });

  test.each([
    [
      'a block that never ends',
      Buffer.concat(Array.from({ length: 300 }, () => http2Frame(HTTP2_FRAME.continuation, 0, 1))),
    ],
    ['fields larger than any', http2Frame(HTTP2_FRAME.continuation, 0, 1, Buffer.alloc(65_000))],
    ['another frame inside of a block', http2Headers(3, GET, true)],
    ['a block of another stream', http2Frame(HTTP2_FRAME.continuation, 4, 3)],
  ])('is given up at %s', (_what, more) => {
    const begin = http2Frame(HTTP2_FRAME.headers, 0, 1, hpackLiterals({ ...GET, x: 'y'.repeat(100) }));
    const end = Buffer.concat([http2Frame(HTTP2_FRAME.continuation, 4, 1), http2Headers(5, GET, true)]);
    expect(answered(Buffer.concat([begin, more, end]), ok(5))).not.toContainEqual(
      expect.objectContaining({ 'http.request.method': 'GET' }),
    );
  });

  test('keeps no more streams than a connection has', () => {
    const asks = Array.from({ length: 400 }, (_, index) => http2Headers(index * 2 + 1, { ':method': 'GET' }, true));
    expect(answered(Buffer.concat(asks), http2Frame(HTTP2_FRAME.settings, 0, 0))).toHaveLength(400);
  });

  test('never breaks, wherever it is cut or changed', () => {
    const [[, client], ...servers] = http2Conversation('a') as [Step, ...Step[]];
    for (let size = 0; size < client.length; size += 7) httpOf([['client', client.subarray(0, size)], ...servers]);
    fc.assert(
      fc.property(fc.nat(client.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const changed = Buffer.from(client);
        changed[at] = value;
        expect(httpOf([['client', changed], ...servers]).length).toBeLessThanOrEqual(4);
      }),
      { numRuns: 60 },
    );
  });
});

/** Node's own client and server on loopback, with somebody between them who writes down what they say. */
async function realConversation(): Promise<{ steps: Step[]; close(): Promise<void> }> {
  const steps: Step[] = [];
  const server = createHttp2Server((request, response) => {
    response.setHeader('server', 'node');
    response.end(request.url === '/second' ? Buffer.alloc(100_000) : 'hello');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const between = createServer((socket) => {
    const onwards = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('data', (data) => void (steps.push(['client', data]) && onwards.write(data)));
    onwards.on('data', (data) => void (steps.push(['server', data]) && socket.write(data)));
    socket.on('close', () => onwards.destroy());
    onwards.on('error', () => socket.destroy());
  });
  between.listen(0, '127.0.0.1');
  await once(between, 'listening');
  const client = connectHttp2(`http://127.0.0.1:${(between.address() as AddressInfo).port}`);
  for (const path of ['/first?q=~%20!', '/second']) {
    const stream = client.request({ ':path': path, 'user-agent': 'probe (x;y) "z" {}|`^<>@#$&*' });
    stream.resume();
    await once(stream, 'close');
  }
  const close = async (): Promise<void> => {
    client.close();
    await once(client, 'close');
    between.close();
    server.close();
    await Promise.all([once(between, 'close'), once(server, 'close')]);
  };
  return { steps, close };
}
