import fc from 'fast-check';
import { expect, test } from 'vitest';
import { domainController, secureChannel } from '../../../scripts/traffic/windows/conversations.js';
import * as l from '../../../scripts/traffic/windows/ldap.js';
import {
  kerberosToken,
  ntlmAuthenticate,
  ntlmChallenge,
  ntlmNegotiate,
  spnegoInit,
  spnegoResponse,
} from '../../../scripts/traffic/windows/login.js';
import { rpcBind, rpcBindAck, rpcRequest } from '../../../scripts/traffic/windows/rpc.js';
import { smb1, smb1Dialects, texts, words } from '../../../scripts/traffic/windows/smb1.js';
import { readRpcHeader, rpcAuth, rpcBindAnswer, rpcContexts } from './dcerpc.js';
import { readDer } from './der.js';
import { readLdapBind, readLdapHead, readLdapResult, readLdapSearch } from './ldap.js';
import { ldapFilter } from './ldap-filter.js';
import { ldapWrapped } from './ldap-wrap.js';
import { readNetlogonClient, readNetlogonServer } from './netlogon.js';
import { findNtlm } from './ntlm.js';
import { rpcInterfaceName, rpcOperationName } from './rpc-interfaces.js';
import { smb1Dialects as readDialects, smb1Blocks, smb1Text } from './smb1.js';
import { smb1Action } from './smb1-files.js';
import { smb2Change, smb2PipeData, smb2Terms } from './smb2.js';
import { readGssToken } from './spnego.js';

const SAMR = '12345778-1234-abcd-ef00-0123456789ac';
const USER = { domain: 'OFFICE', user: '花子', host: 'PC-1', target: 'cifs/nas' };

test('NTLM: what both sides say of themselves', () => {
  const answer = ntlmAuthenticate(USER);
  expect(findNtlm(answer, 0, answer.length)).toEqual({
    kind: 'authenticate',
    domain: 'OFFICE',
    user: '花子',
    host: 'PC-1',
    target: 'cifs/nas',
    systemVersion: '10.0.17763',
    version: 2,
  });
  const challenge = ntlmChallenge({ 1: 'NAS', 2: 'OFFICE', 4: '\0' });
  expect(findNtlm(challenge, 0, challenge.length)).toMatchObject({ serverName: 'NAS', serverDomain: 'OFFICE' });
});

test('NTLM: the pairs of a message that is cut off are read as far as they are there', () => {
  const challenge = ntlmChallenge({ 1: 'NAS', 2: 'OFFICE' });
  expect(findNtlm(challenge, 0, challenge.length - 4)).toMatchObject({ serverNetbiosName: 'NAS' });
  expect(findNtlm(challenge, 0, 64 + 6)).toEqual({
    kind: 'challenge',
    serverName: 'NAS',
    serverNetbiosName: 'NAS',
    systemVersion: '10.0.17763',
  });
});

test('NTLM: where an old client has its first field, no version is read', () => {
  const old = ntlmAuthenticate(USER);
  const moved = Buffer.concat([old.subarray(0, 64), old.subarray(72)]);
  for (const at of [20, 28, 36, 44]) moved.writeUInt32LE(moved.readUInt32LE(at + 4) - 8, at + 4);
  expect(findNtlm(moved, 0, moved.length)).toEqual({
    kind: 'authenticate',
    domain: 'OFFICE',
    user: '花子',
    host: 'PC-1',
    target: 'cifs/nas',
    version: 2,
  });
});

test('SPNEGO: Kerberos and NTLM inside of it', () => {
  const ticket = spnegoInit(kerberosToken('OFFICE.EXAMPLE', 'http', 'intra'), 'kerberos');
  expect(readGssToken(ticket, 0, ticket.length)).toMatchObject({
    mechanisms: ['kerberos', 'ntlm'],
    kerberos: { operation: 'AP', kind: 'request', realm: 'OFFICE.EXAMPLE', service: 'http/intra' },
  });
  const raw = kerberosToken('OFFICE.EXAMPLE', 'ldap', 'dc1');
  expect(readGssToken(raw, 0, raw.length).kerberos?.service).toBe('ldap/dc1');
  const answer = spnegoResponse(ntlmChallenge({ 1: 'NAS' }), 1);
  expect(readGssToken(answer, 0, answer.length).ntlm?.serverName).toBe('NAS');
  const no = spnegoResponse(undefined, 2);
  expect(readGssToken(no, 0, no.length).isRejected).toBe(true);
});

test.each([false, true])(
  'DCE-RPC: interfaces and what becomes of them, whatever the order of bytes (%s)',
  (isBigEndian) => {
    const bind = rpcBind([SAMR], { isBigEndian, callId: 7, auth: { type: 9, token: Buffer.from('token') } });
    const header = readRpcHeader(bind, 0)!;
    expect(header).toMatchObject({ kind: 11, bytes: bind.length, authBytes: 5, callId: 7, isBigEndian });
    expect(rpcContexts(bind, 0, bind.length, isBigEndian)).toEqual([{ id: 0, uuid: SAMR, version: '1.0' }]);
    const auth = rpcAuth(bind, header, bind.length)!;
    expect(bind.toString('latin1', auth.start, auth.end)).toBe('token');
    const ack = rpcBindAck([0, 2], { isBigEndian });
    expect(rpcBindAnswer(ack, 0, ack.length, isBigEndian)).toEqual({ address: '135', results: [0, 2] });
  },
);

test('DCE-RPC: interfaces and operations have their usual names, unknown ones their numbers', () => {
  expect(rpcInterfaceName(SAMR)).toBe('samr');
  expect(rpcOperationName(SAMR, 0)).toBe('SamrConnect');
  expect(rpcOperationName(SAMR, 67)).toBe('SamrValidatePassword');
  expect(rpcOperationName(SAMR, 68)).toBe('68');
  // The first three of an object of DCOM are not called from afar.
  expect(rpcOperationName('9556dc99-828c-11cf-a37e-00aa003240c7', 20)).toBe('ExecQuery');
  expect(rpcOperationName('c681d488-d850-11d0-8c52-00c04fd90f7e', 4)).toBe('EfsRpcEncryptFileSrv');
  expect(rpcInterfaceName('00000000-1111-2222-3333-444444444444')).toBe('00000000-1111-2222-3333-444444444444');
});

test('LDAP: a filter as RFC 4515 writes it', () => {
  const filter = l.filterAnd(
    l.filterSubstrings(
      'cn',
      Buffer.concat([Buffer.of(0x80, 1), Buffer.from('a')]),
      Buffer.concat([Buffer.of(0x82, 1), Buffer.from('z')]),
    ),
    l.filterNot(l.filterEqual('objectSid', Buffer.of(1, 0xff, 0x28))),
    l.filterPresent('mail'),
  );
  expect(ldapFilter(filter, readDer(filter, 0, filter.length)!)).toBe('(&(cn=a*z)(!(objectSid=\\01\\ff\\28))(mail=*))');
});

test('LDAP: a filter that nests without end ends', () => {
  let filter = l.filterPresent('cn');
  for (let depth = 0; depth < 200; depth++) filter = l.filterNot(filter);
  expect(ldapFilter(filter, readDer(filter, 0, filter.length)!)).toMatch(/^(\(!){17}\.\.\.\)+$/);
  const wide = l.filterAnd(
    ...Array.from({ length: 60 }, (_, index) => l.filterEqual(`attribute${index}`, 'v'.repeat(100))),
  );
  expect(ldapFilter(wide, readDer(wide, 0, wide.length)!).length).toBeLessThan(1_100);
});

test('LDAP: a filter of very many parts that say nothing is no work', () => {
  const part = l.filterAnd(...Array.from({ length: 60 }, () => l.filterAnd()));
  const many = l.filterAnd(...Array.from({ length: 60 }, () => part));
  expect(ldapFilter(many, readDer(many, 0, many.length)!).match(/&/g)?.length).toBeLessThan(400);
});

test('LDAP: a login, a search and a result', () => {
  const bind = l.ldap(1, l.ldapSaslBind('GSSAPI', Buffer.from('token')));
  const head = readLdapHead(bind, 0, bind.length)!;
  expect(head).toMatchObject({ id: 1, operation: 0x60, end: bind.length });
  const said = readLdapBind(bind, head.at, bind.length)!;
  expect(said).toMatchObject({ version: 3, method: 'sasl', mechanism: 'GSSAPI' });
  expect(bind.toString('latin1', ...said.token!)).toBe('token');
  const done = l.ldapResult(0x61, 49, 'no', [l.ldapServerToken(Buffer.from('more'))]);
  expect(readLdapResult(done, 0, done.length)).toMatchObject({ code: 49, message: 'no' });
  const signed = l.ldapSigned(bind);
  expect(ldapWrapped(signed, 4, signed.length)).toBe(signed.length - bind.length);
  const sealed = l.ldapSealed(200);
  expect(ldapWrapped(sealed, 4, sealed.length)).toBeUndefined();
});

test('NETLOGON: a name that points to itself ends', () => {
  const answer = domainController();
  answer.writeUInt16BE(0xc018, 24);
  expect(readNetlogonServer(answer, 0, answer.length)).toBeUndefined();
});

test('SMB 1: commands that are chained to themselves are not followed', () => {
  const looped = smb1(0x74, words(2, { 0: 0x74, 2: 32 }), Buffer.alloc(0)).subarray(4);
  expect(smb1Blocks(looped, 0, looped.length).length).toBe(1);
});

test('SMB 1: dialects and texts of either kind', () => {
  const message = smb1(0x72, Buffer.alloc(0), smb1Dialects('LANMAN1.0', 'NT LM 0.12')).subarray(4);
  expect(readDialects(message, smb1Blocks(message, 0, message.length)[0]!)).toEqual(['LANMAN1.0', 'NT LM 0.12']);
  const both = texts(true, false, '経理', 'b');
  expect(smb1Text(both, 0, 0, both.length, true)).toEqual({ text: '経理', next: 6 });
  expect(smb1Text(both, 0, 6, both.length, true).text).toBe('b');
});

const decoders: readonly (readonly [name: string, message: Buffer, decode: (b: Buffer, end: number) => unknown])[] = [
  ['ntlm negotiate', ntlmNegotiate(), (b, end) => findNtlm(b, 0, end)],
  ['ntlm challenge', ntlmChallenge({ 1: 'NAS', 5: 'forest' }), (b, end) => findNtlm(b, 0, end)],
  ['ntlm authenticate', ntlmAuthenticate(USER), (b, end) => findNtlm(b, 0, end)],
  ['spnego', spnegoInit(kerberosToken('R', 'cifs', 'nas'), 'kerberos'), (b, end) => readGssToken(b, 0, end)],
  ['rpc bind', rpcBind([SAMR, SAMR]), (b, end) => [end >= 16 && readRpcHeader(b, 0), rpcContexts(b, 0, end, false)]],
  ['rpc ack', rpcBindAck([0, 2]), (b, end) => rpcBindAnswer(b, 0, end, false)],
  ['rpc request', rpcRequest(0, 1, 4), (b, end) => end >= 16 && readRpcHeader(b, 0)],
  ['ldap bind', l.ldapSimpleBind('cn=a', 'b'), (b, end) => readLdapBind(b, 0, end)],
  [
    'ldap search',
    l.ldapSearch('dc=a', 2, l.filterAnd(l.filterEqual('a', 'b')), ['c']),
    (b, end) => readLdapSearch(b, 0, end),
  ],
  ['ldap head', l.ldap(5, l.ldapUnbind()), (b, end) => readLdapHead(b, 0, end)],
  ['netlogon client', secureChannel('OFFICE', 'PC-1'), (b, end) => readNetlogonClient(b, 0, end)],
  ['netlogon server', domainController(), (b, end) => readNetlogonServer(b, 0, end)],
  [
    'smb 1',
    smb1(0x06, words(1), texts(true, true, 'a')).subarray(4),
    (b, end) => {
      return end < 32 ? [] : smb1Blocks(b, 0, end).map((block) => smb1Action(b, 0, block, true));
    },
  ],
  [
    'smb 2',
    Buffer.alloc(200, 7),
    (b, end) => [
      smb2Terms(b, 0, end),
      smb2Change(b, 0, end),
      smb2PipeData(b, 0, end, {
        command: 8,
        status: 0,
        isResponse: true,
        isRelated: false,
        messageId: 0,
        treeId: 0,
        sessionId: '',
        next: 0,
      }),
    ],
  ],
];

test.each(decoders)('%s: every prefix is refused or read without a throw', (_name, message, decode) => {
  for (let end = 0; end <= message.length; end++) expect(() => decode(message.subarray(0, end), end)).not.toThrow();
});

test.each(decoders)('%s: whatever its bytes say', (_name, message, decode) => {
  const change = fc.record({ at: fc.nat(message.length - 1), value: fc.integer({ min: 0, max: 255 }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 10 }), (changes) => {
      const b = Buffer.from(message);
      for (const { at, value } of changes) b[at] = value;
      decode(b, b.length);
    }),
    { numRuns: 200 },
  );
});
