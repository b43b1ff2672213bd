/** Conversations of an office with Windows, made up whole: what is in them is told in the tests beside the sessions. */
import type { Step } from '../tcp.js';
import * as ldap from './ldap.js';
import {
  kerberosToken,
  ntlmAuthenticate,
  ntlmChallenge,
  ntlmNegotiate,
  SECRET,
  spnegoInit,
  spnegoResponse,
  wide,
} from './login.js';
import * as rpc from './rpc.js';
import { smb1, smb1Dialects, smb1Transact, smb1TransactAnswer, texts, words } from './smb1.js';
import * as s2 from './smb2.js';

export const SAMR = '12345778-1234-abcd-ef00-0123456789ac';
export const SRVSVC = '4b324fc8-1670-01d3-1278-5a47bf6ee188';
export const EPMAPPER = 'e1af8308-5d1f-11c9-91a4-08002b14a0fa';
export const NETLOGON = '12345678-1234-abcd-ef00-01234567cffb';
const MORE = 0xc0000016;
const SERVER = { 1: 'NAS', 2: 'OFFICE', 3: 'nas.office.example', 4: 'office.example', 5: 'example' };
const USER = { domain: 'OFFICE', user: 'hanako', host: 'PC-1', target: 'cifs/nas' };

const ask = (command: number, messageId: number, body: Buffer, treeId = 0): Step => [
  'client',
  s2.framed(s2.smb2(command, { messageId, treeId, sessionId: messageId > 1 ? 9 : 0 }, body)),
];
const answer = (command: number, messageId: number, body: Buffer, treeId = 0, status = 0): Step => [
  'server',
  s2.framed(s2.smb2(command, { messageId, treeId, sessionId: 9, isResponse: true, status }, body)),
];

/** A login by NTLM, a share with files, a pipe with DCE-RPC in each of its ways. */
export function smb2Steps(): Step[] {
  return [
    ask(0, 0, Buffer.alloc(36)),
    answer(0, 0, s2.smb2Terms(0x0311, true, 2)),
    ask(1, 1, s2.smb2Body(24, 12, spnegoInit(ntlmNegotiate(), 'ntlm'))),
    answer(1, 1, s2.smb2Body(8, 4, spnegoResponse(ntlmChallenge(SERVER), 1)), 0, MORE),
    ask(1, 2, s2.smb2Body(24, 12, spnegoResponse(ntlmAuthenticate(USER), 1))),
    answer(1, 2, Buffer.alloc(8)),
    ask(3, 3, s2.smb2Body(8, 4, wide('\\\\nas\\data'))),
    answer(3, 3, s2.smb2TreeAnswer(1), 1),
    ask(5, 4, s2.smb2CreateBody('memo.txt'), 1),
    answer(5, 4, s2.smb2CreateAnswer(1), 1),
    ask(17, 5, s2.smb2SetInfoBody(1, 10, s2.renameInfo('memo.enc')), 1),
    answer(17, 5, Buffer.alloc(2), 1),
    ask(6, 6, s2.smb2CloseBody(1), 1),
    answer(6, 6, Buffer.alloc(60), 1),
    ...deletion(),
    ask(5, 9, s2.smb2CreateBody('secret.txt'), 1),
    answer(5, 9, Buffer.alloc(8), 1, 0xc0000022),
    ask(4, 10, Buffer.alloc(4), 1),
    answer(4, 10, Buffer.alloc(4), 1),
    ...pipe(),
  ];
}

/** A file is opened, marked as to be deleted and closed in one message. */
function deletion(): Step[] {
  const same = 0xff;
  const at = (messageId: number, isResponse: boolean) => ({ messageId, treeId: 1, sessionId: 9, isResponse });
  return [
    [
      'client',
      s2.framed(
        s2.chained(
          s2.smb2(5, at(7, false), s2.smb2CreateBody('old.txt')),
          s2.smb2(17, at(8, false), s2.smb2SetInfoBody(same, 13, Buffer.of(1))),
        ),
      ),
    ],
    [
      'server',
      s2.framed(s2.chained(s2.smb2(5, at(7, true), s2.smb2CreateAnswer(2)), s2.smb2(17, at(8, true), Buffer.alloc(2)))),
    ],
  ];
}

function pipe(): Step[] {
  const bind = rpc.rpcBind([SRVSVC]);
  const ack = rpc.rpcBindAck([0]);
  const response = rpc.rpcResponse(0, 200, { callId: 2 });
  return [
    ask(3, 11, s2.smb2Body(8, 4, wide('\\\\nas\\IPC$'))),
    answer(3, 11, s2.smb2TreeAnswer(2), 2),
    ask(5, 12, s2.smb2CreateBody('srvsvc'), 2),
    answer(5, 12, s2.smb2CreateAnswer(3), 2),
    ask(9, 13, s2.smb2WriteBody(3, bind), 2),
    answer(9, 13, Buffer.alloc(16), 2),
    ask(8, 14, s2.smb2ReadBody(3), 2),
    answer(8, 14, s2.smb2ReadAnswer(ack.subarray(0, 40)), 2, 0x80000005),
    ask(8, 15, s2.smb2ReadBody(3), 2),
    answer(8, 15, s2.smb2ReadAnswer(ack.subarray(40)), 2),
    ask(11, 16, s2.smb2TransceiveBody(3, rpc.rpcRequest(0, 15, 80, { callId: 2 }), false), 2),
    answer(11, 16, Buffer.alloc(8), 2, 0x103),
    answer(11, 16, s2.smb2TransceiveBody(3, response, true), 2),
    ask(6, 17, s2.smb2CloseBody(3), 2),
  ];
}

/** The old way: dialects by name, a login without tokens, a share chained behind it, a pipe. */
export function smb1Steps({ isUnicode = true, isPlain = false } = {}): Step[] {
  const password = Buffer.from(isPlain ? SECRET : SECRET.repeat(3).slice(0, 24));
  const ids = { isUnicode, treeId: 5, userId: 6 };
  const login = Buffer.concat([
    password,
    texts(isUnicode, password.length % 2 === 0, 'hanako', 'OFFICE', 'Unix', 'Samba'),
  ]);
  const path = {
    command: 0x75,
    words: words(4, { 6: 1 }),
    bytes: Buffer.concat([Buffer.alloc(1), texts(isUnicode, false, '\\\\NAS\\IPC$'), Buffer.from('IPC\0')]),
  };
  const said = texts(isUnicode, true, 'Windows 5.1', 'Windows 2000 LAN Manager', 'OFFICE');
  const tree = { command: 0x75, words: words(3), bytes: Buffer.from('IPC\0\0', 'latin1') };
  return [
    ['client', smb1(0x72, Buffer.alloc(0), smb1Dialects('LANMAN1.0', 'NT LM 0.12'), ids)],
    ['server', smb1(0x72, words(17, { 0: 1, 2: isPlain ? 1 : 3 }), Buffer.alloc(0), { ...ids, isResponse: true })],
    ['client', smb1(0x73, words(13, { 14: password.length }), login, ids, path)],
    ['server', smb1(0x73, words(3), said, { ...ids, isResponse: true }, tree)],
    ['client', smb1(0xa2, words(24), texts(isUnicode, true, '\\samr'), ids)],
    ['server', smb1(0xa2, wordsWithHandle(0x4000), Buffer.alloc(0), { ...ids, isResponse: true })],
    ['client', smb1Transact(0x4000, rpc.rpcBind([SAMR]), ids)],
    ['server', smb1TransactAnswer(rpc.rpcBindAck([0]), ids)],
    ['client', smb1Transact(0x4000, rpc.rpcRequest(0, 64, 40), ids)],
    ['server', smb1TransactAnswer(rpc.rpcResponse(0, 40), ids)],
    ['client', smb1(0x06, words(1), Buffer.concat([Buffer.of(4), texts(isUnicode, false, '\\old.txt')]), ids)],
    ['server', smb1(0x06, words(0), Buffer.alloc(0), { ...ids, isResponse: true })],
    ['client', smb1(0x04, words(3, { 0: 0x4000 }), Buffer.alloc(0), ids)],
    ['client', smb1(0x71, words(0), Buffer.alloc(0), ids)],
  ];
}

/** [MS-CIFS] 2.2.4.64.2: a handle at an odd place. */
function wordsWithHandle(handle: number): Buffer {
  const b = words(34);
  b.writeUInt16LE(handle, 5);
  return b;
}

/** A login by Kerberos, in the way of SMB 1 with extended security. */
export function smb1KerberosSteps(): Step[] {
  const token = spnegoInit(kerberosToken('OFFICE.EXAMPLE', 'cifs', 'nas.office.example'), 'kerberos');
  const done = spnegoResponse(undefined, 0);
  const ids = { userId: 6, messageId: 3 };
  const tail = texts(true, token.length % 2 === 0, 'Windows 7', 'Windows 7 6.1');
  return [
    ['client', smb1(0x73, words(12, { 14: token.length }), Buffer.concat([token, tail]), ids)],
    ['server', smb1(0x73, words(4, { 6: done.length }), done, { ...ids, isResponse: true })],
  ];
}

/** Two interfaces over TCP, one of them refused; a login by NTLM in three messages; a fault. */
export function rpcSteps(isBigEndian = false): Step[] {
  const auth = (token: Buffer) => ({ type: 10, token });
  return [
    ['client', rpc.rpcBind([SAMR, SRVSVC], { isBigEndian, auth: auth(ntlmNegotiate()) })],
    ['server', rpc.rpcBindAck([0, 2], { isBigEndian, auth: auth(ntlmChallenge(SERVER)) })],
    ['client', rpc.rpcAuth3({ isBigEndian, auth: auth(ntlmAuthenticate(USER)) })],
    ['client', rpc.rpcRequest(0, 64, 3_000, { isBigEndian, callId: 2, flags: 1 })],
    ['client', rpc.rpcRequest(0, 64, 100, { isBigEndian, callId: 2, flags: 2 })],
    ['server', rpc.rpcResponse(0, 60, { isBigEndian, callId: 2 })],
    ['client', rpc.rpcBind([EPMAPPER], { isBigEndian, callId: 3 }, 14)],
    ['server', rpc.rpcBindAck([0], { isBigEndian, callId: 3 }, 15)],
    ['client', rpc.rpcRequest(0, 3, 20, { isBigEndian, callId: 4 })],
    ['server', rpc.rpcFault(0, 0x1c010002, { isBigEndian, callId: 4 })],
  ];
}

/** A simple login, a search, changes. */
export function ldapSteps(): Step[] {
  const { ldap: message } = ldap;
  const filter = ldap.filterAnd(ldap.filterEqual('mail', 'a*b'), ldap.filterNot(ldap.filterPresent('cn')));
  return [
    ['client', message(1, ldap.ldapSimpleBind('cn=admin,dc=example', SECRET))],
    ['server', message(1, ldap.ldapResult(0x61, 0))],
    ['client', message(2, ldap.ldapSearch('dc=example', 2, filter, ['cn', 'mail']))],
    ['server', Buffer.concat([message(2, ldap.ldapEntry('cn=a,dc=example')), message(2, ldap.ldapResult(0x65, 0))])],
    ['client', message(3, ldap.ldapAdd('cn=b,dc=example'))],
    ['server', message(3, ldap.ldapResult(0x69, 68))],
    ['client', message(4, ldap.ldapDelete('cn=a,dc=example'))],
    ['server', message(4, ldap.ldapResult(0x6b, 0))],
    ['client', message(5, ldap.ldapUnbind())],
  ];
}

/** A login by SPNEGO with NTLM that fails, one that does not, and messages that are signed or hidden. */
export function ldapSaslSteps(): Step[] {
  const { ldap: message } = ldap;
  const round = (id: number, token: Buffer, code: number, answerToken?: Buffer, text = ''): Step[] => [
    ['client', message(id, ldap.ldapSaslBind('GSS-SPNEGO', token))],
    [
      'server',
      message(
        id,
        ldap.ldapResult(0x61, code, text, answerToken === undefined ? [] : [ldap.ldapServerToken(answerToken)]),
      ),
    ],
  ];
  return [
    ...round(1, spnegoInit(ntlmNegotiate(), 'ntlm'), 14, spnegoResponse(ntlmChallenge(SERVER), 1)),
    ...round(2, spnegoResponse(ntlmAuthenticate(USER), 1), 49, undefined, '8009030C: data 52e, v4563\0'),
    ...round(3, spnegoInit(kerberosToken('OFFICE.EXAMPLE', 'ldap', 'dc1'), 'kerberos'), 0),
    ['client', ldap.ldapSigned(message(4, ldap.ldapSearch('', 0, ldap.filterPresent('objectClass'), [])))],
    ['server', ldap.ldapSealed(400)],
  ];
}

/** [MS-ADTS] 6.3.3: a PC looks for a domain controller. */
export function cldapMessages(): [request: Buffer, response: Buffer] {
  const filter = ldap.filterAnd(ldap.filterEqual('DnsDomain', 'office.example'), ldap.filterEqual('Host', 'PC-1'));
  return [
    ldap.ldap(1, ldap.ldapSearch('', 0, filter, ['Netlogon'])),
    Buffer.concat([
      ldap.ldap(1, ldap.ldapEntry('', 'Netlogon', domainController())),
      ldap.ldap(1, ldap.ldapResult(0x65, 0)),
    ]),
  ];
}

/** [MS-ADTS] 6.3.1.9, with a pointer as DNS has them. */
export function domainController(): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt16LE(23, 0);
  const label = (text: string): Buffer => Buffer.concat([Buffer.of(text.length), Buffer.from(text)]);
  const end = Buffer.of(0);
  const toForest = Buffer.of(0xc0, 24);
  return Buffer.concat([
    head,
    ...[label('office'), label('example'), end],
    toForest,
    ...[label('dc1'), toForest],
    ...[label('OFFICE'), end, label('\\\\DC1'), end, end, label('Tokyo'), end, label('Tokyo'), end],
  ]);
}

/** [MS-NRPC] 2.2.1.3.1: the token by which a PC opens a secure channel. */
export function secureChannel(domain: string, host: string): Buffer {
  const head = Buffer.alloc(8);
  head[4] = 3;
  return Buffer.concat([head, Buffer.from(`${domain}\0${host}\0`, 'latin1')]);
}

/** Each of them with the port that it is usually spoken on. */
export function windowsConversations(): { readonly steps: Step[]; readonly serverPort: number }[] {
  return [
    { steps: smb2Steps(), serverPort: 445 },
    { steps: smb1Steps(), serverPort: 445 },
    { steps: smb1Steps({ isUnicode: false, isPlain: true }), serverPort: 139 },
    { steps: smb1KerberosSteps(), serverPort: 445 },
    { steps: rpcSteps(), serverPort: 135 },
    { steps: rpcSteps(true), serverPort: 49_700 },
    { steps: ldapSteps(), serverPort: 389 },
    { steps: ldapSaslSteps(), serverPort: 389 },
  ];
}
