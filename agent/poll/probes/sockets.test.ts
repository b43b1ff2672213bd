import { createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { probeOnce, targetOf } from '../testing/peers.js';
import { judgeRdp } from './rdp.js';
import { judgeSmb } from './smb.js';

const open = new Set<Socket>();
let server: Server | undefined;
afterEach(async () => {
  for (const socket of open) socket.destroy();
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
});

/** A server that does that with each connection. */
async function listen(serve: (socket: Socket) => void): Promise<number> {
  server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
    serve(socket);
    socket.resume();
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

const ask = (kind: 'tcp' | 'smb' | 'rdp', port: number, timeoutMs = 8_000) =>
  probeOnce(targetOf({ timeoutMs, [kind]: { host: '127.0.0.1', port } }));

function smbAnswer(dialect: number, status = 0): Buffer {
  const message = Buffer.alloc(64 + 65);
  message.write('\xfeSMB', 'latin1');
  message.writeUInt32LE(status, 8);
  message.writeUInt32LE(1, 16);
  message.writeUInt16LE(65, 64);
  message.writeUInt16LE(dialect, 68);
  return Buffer.concat([Buffer.from([0, 0, 0, message.length]), message]);
}
const RDP_ANSWER = Buffer.from('030000130ed000001234000200080002000000', 'hex');

test('a port that is open is up, with its time and address', async () => {
  const port = await listen(() => {});
  const result = await ask('tcp', port);
  expect(result).toMatchObject({ outcome: 'good', facts: { 'hinomi.endpoint.address': `127.0.0.1:${port}` } });
  expect(result.timesMs?.[0]).toBeGreaterThan(0);
});

test('a port that is closed is refused', async () => {
  const port = await listen(() => {});
  await new Promise((resolve) => server?.close(resolve));
  expect(await ask('tcp', port)).toMatchObject({ outcome: 'bad', reason: 'refused' });
});

test('a name that does not exist is told as that', async () => {
  const target = targetOf({ timeoutMs: 8_000, tcp: { host: 'nowhere.invalid', port: 80 } });
  expect(await probeOnce(target)).toMatchObject({ outcome: 'bad', reason: 'name-not-found' });
});

test('a file server says which SMB it speaks', async () => {
  const port = await listen((socket) => socket.once('data', () => socket.write(smbAnswer(0x0302))));
  const facts = { 'hinomi.endpoint.protocol_version': 'SMB 3.0.2' };
  expect(await ask('smb', port)).toMatchObject({ outcome: 'good', facts });
});

test('a remote desktop says which security it wants', async () => {
  const port = await listen((socket) => socket.once('data', () => socket.write(RDP_ANSWER)));
  const facts = { 'hinomi.endpoint.protocol_version': 'CredSSP' };
  expect(await ask('rdp', port)).toMatchObject({ outcome: 'good', facts });
});

test.each([
  ['never answers', () => {}, 'timeout'],
  ['closes', (socket: Socket) => socket.end(), 'closed-early'],
  ['speaks something else', (socket: Socket) => socket.write('SSH-2.0-x\r\n'), 'malformed'],
  ['drips', (socket: Socket) => void setInterval(() => socket.write(Buffer.alloc(1)), 20).unref(), 'timeout|malformed'],
])('an open port whose server %s is no SMB and no RDP', async (_name, serve, reason) => {
  const port = await listen(serve);
  for (const kind of ['smb', 'rdp'] as const) {
    const result = await ask(kind, port, 600);
    expect(result.outcome).toBe('bad');
    expect(result.reason).toMatch(new RegExp(`^(${reason})$`));
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(open.size).toBe(0);
});

test('an answer without an end is not taken in', async () => {
  const start = smbAnswer(0x0302).subarray(0, 20);
  const port = await listen((socket) => {
    socket.write(start);
    const pour = (): void => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536)));
    };
    socket.on('drain', pour);
    pour();
  });
  expect((await ask('smb', port)).outcome).toBe('bad');
});

test('no beginning of an answer is taken for one, and none is refused', () => {
  for (const [whole, judge, least] of [
    [smbAnswer(0x0300), judgeSmb, 74],
    [RDP_ANSWER, judgeRdp, 19],
  ] as const)
    for (let length = 0; length < whole.length; length++)
      expect([length, judge(whole.subarray(0, length))?.reason]).toEqual([length, length < least ? undefined : 'ok']);
});

test('a refusal is no reachable file server', () => {
  expect(judgeSmb(smbAnswer(0x0302, 0xc0000001))?.reason).toBe('server-failed');
  expect(judgeSmb(smbAnswer(0x9999))?.reason).toBe('malformed');
});

test('lying fields and noise never throw', () => {
  const changed = fc.record({ at: fc.nat(130), value: fc.nat(255), length: fc.nat(140) });
  fc.assert(
    fc.property(fc.array(changed, { maxLength: 8 }), fc.uint8Array({ maxLength: 200 }), (changes, noise) => {
      for (const [whole, judge] of [
        [smbAnswer(0x0300), judgeSmb],
        [RDP_ANSWER, judgeRdp],
      ] as const) {
        const bytes = Buffer.from(whole);
        for (const { at, value } of changes) bytes[at % bytes.length] = value;
        judge(bytes.subarray(0, changes[0]?.length ?? bytes.length));
        judge(Buffer.from(noise));
      }
    }),
    { numRuns: 2_000 },
  );
});
