import { describe, expect, test } from 'vitest';
import type { AnyRecord } from '../../../../protocol/records/records.js';
import { overTcp, recordsOf } from '../../../../scripts/traffic/records.js';
import type { Side, Step } from '../../../../scripts/traffic/tcp.js';

const client = (text: string): Step => ['client', Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')];
const server = (text: string): Step => ['server', Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')];
const httpOf = (...steps: Step[]): AnyRecord[] =>
  recordsOf(overTcp(steps, { serverPort: 8_081 })).filter((record) => record['event.dataset'] === 'http');

test('a request with its response is one record', () => {
  const [record, ...more] = httpOf(
    client(
      'POST /search?q=1 HTTP/1.1\nHost: www.example.jp:8081\nUser-Agent: browser/1\nReferer: http://a.example/\n' +
        'Content-Type: text/plain; charset=utf-8\nContent-Length: 5\n\nhello',
    ),
    server('HTTP/1.1 404 Not Found\nServer: nginx\nContent-Type: TEXT/HTML\nContent-Length: 9\n\nnot found'),
  );
  expect(more).toEqual([]);
  expect(record).toMatchObject({
    'http.request.method': 'POST',
    'url.original': '/search?q=1',
    'url.path': '/search',
    'url.query': 'q=1',
    'url.domain': 'www.example.jp',
    'url.port': 8_081,
    'http.version': '1.1',
    'http.request.body.bytes': 5,
    'http.request.mime_type': 'text/plain',
    'http.request.referrer': 'http://a.example/',
    'user_agent.original': 'browser/1',
    'http.response.status_code': 404,
    'http.response.body.bytes': 9,
    'http.response.mime_type': 'text/html',
    'hinomi.http.server': 'nginx',
    'network.protocol': 'http',
  });
});

test('requests that do not wait get their own responses', () => {
  const ask = (path: string): string => `GET ${path} HTTP/1.1\nHost: a\n\n`;
  const records = httpOf(
    client(ask('/1') + ask('/2') + ask('/3')),
    server('HTTP/1.1 200 OK\nContent-Length: 1\n\nxHTTP/1.1 302 Found\nContent-Length: 0\n\n'),
    server('HTTP/1.1 500 No\nContent-Length: 2\n\nno'),
  );
  expect(records.map((record) => [record['url.path'], record['http.response.status_code']])).toEqual([
    ['/1', 200],
    ['/2', 302],
    ['/3', 500],
  ]);
});

test.each([
  ['in chunks', 'Transfer-Encoding: chunked\n\n4\nabcd\n10;x=1\n0123456789abcdef\n0\nTrailer: y\n\n', 20],
  ['until the end', '\nall of this is body', 19],
  ['of a large transfer', `Content-Length: 300000\n\n${'x'.repeat(300_000)}`, 300_000],
])('a body %s is counted', (_how, response, bytes) => {
  const head = response.startsWith('\n') ? 'HTTP/1.0 200 OK\n' : 'HTTP/1.1 200 OK\n';
  const [record] = httpOf(client('GET / HTTP/1.1\nHost: a\n\n'), server(`${head}${response}`));
  expect(record?.['http.response.body.bytes']).toBe(bytes);
});

test('a body that was cut is counted as far as it came', () => {
  const [record] = httpOf(
    client('GET / HTTP/1.1\nHost: a\n\n'),
    server('HTTP/1.1 200 OK\nContent-Length: 5000\n\nabc'),
  );
  expect(record?.['http.response.body.bytes']).toBe(3);
});

test.each([
  ['HEAD', 'HTTP/1.1 200 OK\nContent-Length: 500\n\n'],
  ['GET', 'HTTP/1.1 304 Not Modified\nContent-Length: 500\n\n'],
])('a response of %s without a body has none', (method, response) => {
  const next = 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok';
  const ask = `${method} / HTTP/1.1\nHost: a\n\nGET /next HTTP/1.1\nHost: a\n\n`;
  const records = httpOf(client(ask), server(response + next));
  expect(records.map((record) => record['http.response.body.bytes'])).toEqual([0, 2]);
});

test.each([
  ['a length', 'Content-Length: 10', ['01234', '56789']],
  ['chunks', 'Transfer-Encoding: chunked', ['5\n01234\n', '5\n56789\n0\n\n']],
])('an answer that comes before all of a body with %s waits for it', (_how, field, pieces) => {
  const records = httpOf(
    client(`PUT /a HTTP/1.1\nHost: h\n${field}\n\n`),
    server('HTTP/1.1 200 OK\nContent-Length: 3\n\nyes'),
    ...pieces.map(client),
    client('GET /b HTTP/1.1\nHost: h\n\n'),
    server('HTTP/1.1 200 OK\nContent-Length: 0\n\n'),
  );
  expect(records).toMatchObject([
    { 'url.path': '/a', 'http.request.body.bytes': 10, 'http.response.body.bytes': 3 },
    { 'url.path': '/b', 'http.response.status_code': 200 },
  ]);
});

test('an answer is told though the body that it did not wait for never comes', () => {
  const records = httpOf(
    client('PUT /a HTTP/1.1\nHost: h\nContent-Length: 9\n\n12'),
    server('HTTP/1.1 413 Too Large\nContent-Length: 0\n\n'),
    client('3'),
  );
  expect(records).toMatchObject([{ 'http.response.status_code': 413, 'http.request.body.bytes': 3 }]);
});

test('an interim response is not the answer', () => {
  const records = httpOf(
    client('PUT /f HTTP/1.1\nHost: a\nExpect: 100-continue\nContent-Length: 2\n\n'),
    server('HTTP/1.1 100 Continue\n\n'),
    client('ok'),
    server('HTTP/1.1 201 Created\nContent-Length: 0\n\n'),
  );
  expect(records).toMatchObject([{ 'http.response.status_code': 201, 'http.request.body.bytes': 2 }]);
});

test('of a login the user is told, and nothing of the password', () => {
  const secret = Buffer.from('hanako:pass:word').toString('base64');
  const [record] = httpOf(
    client(`GET / HTTP/1.1\nHost: a\nAuthorization: Basic ${secret}\nCookie: session=topsecret\n\n`),
    server('HTTP/1.1 401 No\nContent-Length: 0\n\n'),
  );
  expect(record).toMatchObject({
    'user.name': 'hanako',
    'hinomi.http.auth_method': 'Basic',
    'hinomi.session.cleartext_login': true,
  });
  expect(JSON.stringify(record)).not.toMatch(/pass:word|topsecret|aGFu/);
});

test('of a login by NTLM user, domain and machine are told', () => {
  const token = Buffer.alloc(64);
  token.write('NTLMSSP\0', 'latin1');
  token.writeUInt32LE(3, 8);
  token.writeUInt32LE(1, 60);
  const parts = ['OFFICE', 'hanako', 'PC-1'].map((text) => Buffer.from(text, 'utf16le'));
  let offset = 64;
  parts.forEach((part, index) => {
    token.writeUInt16LE(part.length, 28 + index * 8);
    token.writeUInt32LE(offset, 32 + index * 8);
    offset += part.length;
  });
  const encoded = Buffer.concat([token, ...parts]).toString('base64');
  const [record] = httpOf(
    client(`GET / HTTP/1.1\nHost: a\nAuthorization: NTLM ${encoded}\n\n`),
    server('HTTP/1.1 200 OK\nContent-Length: 0\n\n'),
  );
  expect(record).toMatchObject({
    'user.name': 'hanako',
    'user.domain': 'OFFICE',
    'host.name': 'PC-1',
    'hinomi.http.auth_method': 'NTLM',
  });
});

test('a response without its request, and a request without its response, are records', () => {
  expect(httpOf(server('HTTP/1.1 200 OK\nContent-Length: 2\n\nok'))).toMatchObject([
    { 'http.response.status_code': 200 },
  ]);
  const [alone] = httpOf(client('GET /alone HTTP/1.1\nHost: a\n\n'));
  expect(alone).toMatchObject({ 'url.path': '/alone' });
  expect(alone).not.toHaveProperty(['http.response.status_code']);
});

test('cut into single bytes it is the same', () => {
  const bytes = (from: Side, text: string): Step[] =>
    [...Buffer.from(text.replaceAll('\n', '\r\n'))].map((byte): Step => [from, Buffer.of(byte)]);
  const records = httpOf(
    ...bytes('client', 'GET /slow HTTP/1.1\nHost: a\n\n'),
    ...bytes('server', 'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n'),
  );
  expect(records).toMatchObject([{ 'url.path': '/slow', 'http.response.body.bytes': 3 }]);
});

test('what only looks like it at first is left alone', () => {
  expect(httpOf(client('GET lost\n'), server('whatever\n'))).toEqual([]);
  expect(httpOf(client('HELO there\n'), server('250 hello\n'))).toEqual([]);
});

test('heads without end, names without number and chunks without sense end in order', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => `X-${index}: ${'y'.repeat(50)}\n`).join('');
  expect(httpOf(client(`GET /many HTTP/1.1\n${many}\n`))).toMatchObject([{ 'url.path': '/many' }]);
  expect(httpOf(client(`GET / HTTP/1.1\n${'X: y\n'.repeat(40_000)}`))).toEqual([]);
  const broken = 'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\nabc';
  expect(httpOf(client('GET /b HTTP/1.1\n\n'), server(broken))).toMatchObject([{ 'url.path': '/b' }]);
});

test('version 0.9 is one line, and its answer has no head', () => {
  const steps: Step[] = [client('GET /old/page.html\n\n'), server('<html>old</html>')];
  const [record] = recordsOf(overTcp(steps, { serverPort: 80 })).filter((each) => each['event.dataset'] === 'http');
  expect(record).toMatchObject({
    'http.request.method': 'GET',
    'url.path': '/old/page.html',
    'http.version': '0.9',
    'http.response.body.bytes': 16,
  });
});

describe('a segment that the tap lost', () => {
  const ask = (path: string): Step => client(`GET ${path} HTTP/1.1\nHost: a\n\n`);
  const answer = (status: number, body: string): Step =>
    server(`HTTP/1.1 ${status} x\nContent-Length: ${body.length}\n\n${body}`);
  /** Without the packet whose payload begins like this. */
  const withoutPacket = (text: string, ...steps: Step[]): AnyRecord[] =>
    recordsOf([...overTcp(steps, { serverPort: 80 })].filter(({ bytes }) => !bytes.includes(text))).filter(
      (record) => record['event.dataset'] === 'http',
    );
  const told = (records: readonly AnyRecord[]): unknown[] =>
    records.map((record) => [record['url.path'], record['http.response.status_code']]);

  test('takes one answer, not those behind it', () => {
    const steps = [ask('/1'), answer(200, 'first'), ask('/2'), answer(201, 'lost'), ask('/3'), answer(202, 'third')];
    expect(told(withoutPacket('201 x', ...steps, ask('/4'), answer(203, 'last')))).toEqual([
      ['/1', 200],
      ['/2', undefined],
      ['/3', 202],
      ['/4', 203],
    ]);
  });

  test('takes one request, not those behind it', () => {
    const steps = [ask('/1'), answer(200, 'first'), ask('/2'), answer(201, ''), ask('/3'), answer(202, 'third')];
    expect(told(withoutPacket('GET /2', ...steps))).toEqual([
      ['/1', 200],
      [undefined, 201],
      ['/3', 202],
    ]);
  });

  test('of the middle of a body changes nothing', () => {
    const body = `${'a'.repeat(3_000)}LOST${'b'.repeat(3_000)}`;
    expect(told(withoutPacket('LOST', ask('/1'), answer(200, body), ask('/2'), answer(404, 'x')))).toEqual([
      ['/1', 200],
      ['/2', 404],
    ]);
  });
});

test('more requests than wait anywhere are told without their answers', () => {
  const asks = Array.from({ length: 300 }, (_, index) => `GET /${index} HTTP/1.1\nHost: a\n\n`);
  expect(httpOf(client(asks.join('')))).toHaveLength(300);
});

test.each([
  ['Digest username="hana\\\\\\"ko", realm="r", nonce="n", response="0123"', 'hana\\"ko'],
  ["Digest realm=r, username*=UTF-8''%E8%8A%B1, response=0123", '花'],
  ['Digest username="488869477bf257147b804c45308cd62a", userhash=true', undefined],
  ['Digest realm="username=", response="0123"', undefined],
])('the user of a login by %s', (authorization, user) => {
  const [record] = httpOf(client(`GET / HTTP/1.1\nHost: a\nAuthorization: ${authorization}\n\n`));
  expect(record?.['user.name']).toBe(user);
  expect(record).toMatchObject({ 'hinomi.http.auth_method': 'Digest' });
  expect(JSON.stringify(record)).not.toContain('0123');
});

test('what a proxy sends with its consent belongs to the tunnel', () => {
  const records = recordsOf(
    overTcp(
      [
        client('CONNECT host.example.jp:22 HTTP/1.1\n\n'),
        server('HTTP/1.1 200 OK\n\nSSH-2.0-server_1\n'),
        client('SSH-2.0-client_1\n'),
        server('more'),
      ],
      { serverPort: 3_128 },
    ),
  );
  expect(records.find((record) => record['event.dataset'] === 'session')).toMatchObject({
    'network.protocol': 'ssh',
    'hinomi.session.server_software': expect.stringContaining('server_1'),
    'hinomi.session.client_software': expect.stringContaining('client_1'),
  });
});
