import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnyRecord } from '../../../../protocol/records/records.js';
import { overTcp, recordsOf } from '../../../../scripts/traffic/records.js';
import type { Side, Step } from '../../../../scripts/traffic/tcp.js';

const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');
const sessionsOf = (steps: readonly Step[]): AnyRecord[] =>
  recordsOf(overTcp(steps, { serverPort: 445 })).filter(
    (record) => record['network.protocol'] === 'smb' && record['event.dataset'] === 'session',
  );

interface Header {
  readonly command: number;
  readonly messageId: number;
  readonly isResponse?: boolean;
  readonly status?: number;
  readonly treeId?: number;
}

/** [MS-SMB2] 2.1 and 2.2.1.2. */
function smb2(header: Header, body: Buffer): Buffer {
  const b = Buffer.alloc(64);
  b.set([0xfe, 0x53, 0x4d, 0x42, 64]);
  b.writeUInt32LE(header.status ?? 0, 8);
  b.writeUInt16LE(header.command, 12);
  b.writeUInt32LE(header.isResponse ? 1 : 0, 16);
  b.writeUInt32LE(header.messageId, 24);
  b.writeUInt32LE(header.treeId ?? 0, 36);
  return framed(Buffer.concat([b, body]));
}
function framed(message: Buffer): Buffer {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(message.length);
  return Buffer.concat([b, message]);
}
/** A fixed part with offset and length at `at`, and the bytes behind it. */
function body(fixedBytes: number, at: number, bytes: Buffer): Buffer {
  const fixed = Buffer.alloc(fixedBytes);
  fixed.writeUInt16LE(64 + fixedBytes, at);
  fixed.writeUInt16LE(bytes.length, at + 2);
  return Buffer.concat([fixed, bytes]);
}
/** [MS-NLMP] 2.2.1.3, with bytes that stand for the proof. */
function ntlmLogin(domain: string, user: string, host: string): Buffer {
  const b = Buffer.alloc(72);
  b.write('NTLMSSP\0', 'latin1');
  b.writeUInt32LE(3, 8);
  b.writeUInt32LE(1, 60);
  let offset = b.length;
  const parts = [wide(domain), wide(user), wide(host), Buffer.from('secretproof')];
  [28, 36, 44, 20].forEach((at, index) => {
    b.writeUInt16LE(parts[index]!.length, at);
    b.writeUInt32LE(offset, at + 4);
    offset += parts[index]!.length;
  });
  return Buffer.concat([b, ...parts]);
}

const dialect = Buffer.alloc(8);
dialect.writeUInt16LE(0x0311, 4);
const login = (status: number): Step[] => [
  ['client', smb2({ command: 0, messageId: 0 }, Buffer.alloc(36))],
  ['server', smb2({ command: 0, messageId: 0, isResponse: true }, dialect)],
  [
    'client',
    smb2(
      { command: 1, messageId: 1 },
      body(24, 12, Buffer.concat([Buffer.from('spnego'), ntlmLogin('OFFICE', 'hanako', 'PC-1')])),
    ),
  ],
  ['server', smb2({ command: 1, messageId: 1, isResponse: true, status }, Buffer.alloc(8))],
];
const tree = (messageId: number, treeId: number, path: string, status = 0): Step[] => [
  ['client', smb2({ command: 3, messageId }, body(8, 4, wide(path)))],
  ['server', smb2({ command: 3, messageId, treeId, isResponse: true, status }, Buffer.alloc(16))],
];
const open = (messageId: number, treeId: number, name: string): Step => [
  'client',
  smb2({ command: 5, messageId, treeId }, body(56, 44, wide(name))),
];
const WHOLE: readonly Step[] = [
  ...login(0),
  ...tree(2, 1, '\\\\nas\\経理'),
  open(3, 1, '給与\\2026.xlsx'),
  ['server', smb2({ command: 8, messageId: 4, treeId: 1, isResponse: true }, Buffer.alloc(60_000, 0x41))],
  open(5, 1, '給与\\2025.xlsx'),
  ...tree(6, 2, '\\\\nas\\IPC$'),
  open(7, 2, 'srvsvc'),
  ...tree(8, 3, '\\\\nas\\admin', 0xc0000022),
];

test('who logs in, which shares, which files; nothing of the proof', () => {
  const records = sessionsOf(WHOLE);
  const common = { 'network.protocol': 'smb', 'user.name': 'hanako', 'hinomi.session.version': '3.1.1' };
  expect(records).toMatchObject([
    {
      ...common,
      'user.domain': 'OFFICE',
      'host.name': 'PC-1',
      'hinomi.session.auth_method': 'ntlm',
      'hinomi.session.outcome': 'success',
    },
    {
      'hinomi.session.share': '\\\\nas\\admin',
      'hinomi.session.outcome': 'failure',
      'hinomi.session.error': 'STATUS_ACCESS_DENIED',
    },
    {
      ...common,
      'hinomi.session.share': '\\\\nas\\経理',
      'hinomi.session.file_names': ['給与\\2026.xlsx', '給与\\2025.xlsx'],
    },
    { ...common, 'hinomi.session.share': '\\\\nas\\IPC$', 'hinomi.session.pipe': 'srvsvc' },
  ]);
  expect(JSON.stringify(records)).not.toContain('secretproof');
});

test('a login that fails is told with its reason', () => {
  expect(sessionsOf(login(0xc000006d))).toMatchObject([
    { 'hinomi.session.outcome': 'failure', 'hinomi.session.error': 'STATUS_LOGON_FAILURE', 'user.name': 'hanako' },
  ]);
});

test('in pieces of any size it is the same', () => {
  const whole = sessionsOf(WHOLE).map((record) => ({ ...record, '@timestamp': '' }));
  for (const size of [1, 61, 1_000]) {
    const pieces = WHOLE.flatMap(([from, bytes]) => {
      const list: [Side, Buffer][] = [];
      for (let at = 0; at < bytes.length; at += size) list.push([from, bytes.subarray(at, at + size)]);
      return list;
    });
    expect(sessionsOf(pieces).map((record) => ({ ...record, '@timestamp': '' }))).toEqual(whole);
  }
}, 60_000);

test('whatever its lengths say', () => {
  const change = fc.record({ step: fc.nat(12), at: fc.nat(220), value: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
      const steps = WHOLE.map(([from, bytes]): [Side, Buffer] => [from, Buffer.from(bytes)]);
      for (const { step, at, value } of changes) {
        const bytes = steps[step % steps.length]![1];
        bytes[at % bytes.length] = value;
      }
      recordsOf(overTcp(steps, { serverPort: 445 }));
    }),
    { numRuns: 300 },
  );
}, 60_000);
