import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnyRecord } from '../../../../protocol/records/records.js';
import { overTcp, overUdp, recordsOf } from '../../../../scripts/traffic/records.js';
import type { Side, Step } from '../../../../scripts/traffic/tcp.js';
import {
  cldapMessages,
  ldapSaslSteps,
  ldapSteps,
  NETLOGON,
  rpcSteps,
  secureChannel,
  smb1KerberosSteps,
  smb1Steps,
  smb2Steps,
  windowsConversations,
} from '../../../../scripts/traffic/windows/conversations.js';
import {
  kerberosToken,
  ntlmAuthenticate,
  ntlmChallenge,
  ntlmNegotiate,
  SECRET,
  spnegoInit,
} from '../../../../scripts/traffic/windows/login.js';
import { rpcBind, rpcBindAck, rpcRequest, rpcResponse } from '../../../../scripts/traffic/windows/rpc.js';
import { framed } from '../../../../scripts/traffic/windows/smb2.js';

const told = (steps: readonly Step[], serverPort: number): AnyRecord[] =>
  recordsOf(overTcp(steps, { serverPort })).filter((record) => record['event.dataset'] === 'session');
const of = (protocol: string, records: readonly AnyRecord[]): AnyRecord[] =>
  records.filter((record) => record['network.protocol'] === protocol);
const details = (record: AnyRecord | undefined): string[] => record?.['hinomi.session.details'] as string[];

const NTLM = {
  'user.name': 'hanako',
  'user.domain': 'OFFICE',
  'host.name': 'PC-1',
  'hinomi.session.auth_method': 'ntlm',
  'hinomi.session.server_name': 'nas.office.example',
  'hinomi.session.server_domain': 'office.example',
};

test('SMB 3: a login, files opened, renamed, deleted and refused, and a pipe with DCE-RPC', () => {
  const records = told(smb2Steps(), 445);
  expect(of('ntlm', records)).toMatchObject([
    {
      ...NTLM,
      'hinomi.session.outcome': 'success',
      'hinomi.session.version': 'NTLMv2',
      'hinomi.session.service': 'cifs/nas',
    },
  ]);
  expect(details(of('ntlm', records)[0])).toEqual([
    'carrier=smb',
    'mechanisms=ntlm',
    'server_netbios_name=NAS',
    'server_netbios_domain=OFFICE',
    'server_forest=example',
    'server_version=10.0.17763',
    'client_version=10.0.17763',
  ]);
  const common = { 'hinomi.session.version': '3.1.1', 'hinomi.session.cipher': 'AES-128-GCM', 'user.name': 'hanako' };
  expect(of('smb', records)).toMatchObject([
    { ...common, ...NTLM, 'hinomi.session.outcome': 'success', 'hinomi.session.details': ['signing=required'] },
    {
      ...common,
      'hinomi.session.share': '\\\\nas\\data',
      'hinomi.session.file_names': ['memo.txt', 'memo.enc', 'old.txt'],
      'hinomi.session.deleted_names': ['old.txt'],
      'hinomi.session.renamed_names': ['memo.txt -> memo.enc'],
      'hinomi.session.details': ['share_type=disk', 'opens=2', 'refused=STATUS_ACCESS_DENIED:1', 'signing=required'],
    },
    { ...common, 'hinomi.session.share': '\\\\nas\\IPC$', 'hinomi.session.pipe': 'srvsvc' },
  ]);
  expect(of('dce_rpc', records)).toMatchObject([
    {
      'user.name': 'hanako',
      'hinomi.session.pipe': 'srvsvc',
      'hinomi.session.service': 'srvsvc',
      'hinomi.session.version': '1.0',
      'hinomi.session.operations': ['NetrShareEnum'],
      'hinomi.session.outcome': 'success',
    },
  ]);
});

test.each([true, false])('SMB 1, in Unicode or not (%s): chained commands, a pipe, a deletion', (isUnicode) => {
  const records = told(smb1Steps({ isUnicode }), 445);
  const common = { 'hinomi.session.version': '1', 'user.name': 'hanako', 'user.domain': 'OFFICE' };
  expect(of('smb', records)).toMatchObject([
    {
      ...common,
      'hinomi.session.outcome': 'success',
      'hinomi.session.auth_method': 'ntlm',
      'hinomi.session.client_software': 'Unix / Samba',
      'hinomi.session.server_software': 'Windows 5.1 / Windows 2000 LAN Manager',
      'hinomi.session.details': ['dialect=NT LM 0.12'],
    },
    {
      ...common,
      'hinomi.session.share': '\\\\NAS\\IPC$',
      'hinomi.session.pipe': 'samr',
      'hinomi.session.deleted_names': ['old.txt'],
    },
  ]);
  expect(of('dce_rpc', records)).toMatchObject([
    { 'hinomi.session.service': 'samr', 'hinomi.session.operations': ['SamrConnect5'], 'hinomi.session.pipe': 'samr' },
  ]);
  expect(of('ntlm', records)).toMatchObject([
    { 'user.name': 'hanako', 'hinomi.session.version': 'LM', 'hinomi.session.outcome': 'success' },
  ]);
});

test('SMB 3: that all behind a login is sealed', () => {
  const steps = smb2Steps();
  const login = steps.slice(0, 6);
  const sealed: Step = [
    'client',
    framed(Buffer.concat([Buffer.from([0xfd, 0x53, 0x4d, 0x42]), Buffer.alloc(80, 0x5e)])),
  ];
  const records = of('smb', told([...login, sealed], 445));
  expect(records.length).toBe(2);
  expect(records[1]).toMatchObject({ 'user.name': 'hanako', 'hinomi.session.outcome': 'success' });
  expect(details(records[1])).toContain('encrypted=true');
});

test('SMB 1: a password in the clear is told, and never what it is', () => {
  const records = told(smb1Steps({ isPlain: true }), 445);
  expect(of('smb', records)[0]).toMatchObject({
    'user.name': 'hanako',
    'hinomi.session.cleartext_login': true,
    'hinomi.session.auth_method': 'password',
  });
});

test('SMB 1: a ticket of Kerberos is shown', () => {
  const records = told(smb1KerberosSteps(), 445);
  expect(of('kerberos', records)).toMatchObject([
    {
      'user.domain': 'OFFICE.EXAMPLE',
      'hinomi.session.operation': 'AP',
      'hinomi.session.service': 'cifs/nas.office.example',
      'hinomi.session.cipher': 'aes256-cts-hmac-sha1-96',
      'hinomi.session.outcome': 'success',
      'hinomi.session.details': ['carrier=smb', 'mechanisms=kerberos,ntlm'],
    },
  ]);
  expect(of('smb', records)[0]).toMatchObject({
    'hinomi.session.auth_method': 'kerberos',
    'hinomi.session.client_software': 'Windows 7 / Windows 7 6.1',
  });
});

test('SMB over NetBIOS: who calls whom, and that nobody answers', () => {
  const name = (text: string, kind: number): Buffer => {
    const octets = Buffer.from(text.padEnd(15, ' ') + String.fromCharCode(kind), 'latin1');
    const letters = [...octets].flatMap((octet) => [0x41 + (octet >> 4), 0x41 + (octet & 15)]);
    return Buffer.from([32, ...letters, 0]);
  };
  const call = Buffer.concat([Buffer.of(0x81, 0, 0, 68), name('NAS', 0x20), name('PC-1', 0)]);
  const accepted: Step[] = [['client', call], ['server', Buffer.of(0x82, 0, 0, 0)], ...smb2Steps()];
  expect(details(of('smb', told(accepted, 139))[0])).toEqual([
    'signing=required',
    'called_name=NAS',
    'calling_name=PC-1',
  ]);
  const refused: Step[] = [
    ['client', call],
    ['server', Buffer.of(0x83, 0, 0, 1, 0x82)],
  ];
  expect(of('smb', told(refused, 139))).toMatchObject([
    { 'hinomi.session.outcome': 'failure', 'hinomi.session.error': 'Called name not present' },
  ]);
});

test('SMB: very many files are told in several records, all of them', () => {
  const steps = smb2Steps();
  const at = steps.findIndex(([, bytes]) => bytes.includes(Buffer.from('memo.txt', 'utf16le')));
  const [request, response] = [steps[at]![1], steps[at + 1]![1]];
  const many = Array.from({ length: 300 }, (_, index): Step[] => {
    const name = Buffer.from(`f${String(index).padStart(3, '0')}.txt`, 'utf16le');
    const ask = Buffer.from(request);
    name.copy(ask, request.indexOf(Buffer.from('memo.txt', 'utf16le')));
    const reply = Buffer.from(response);
    for (const bytes of [ask, reply]) bytes.writeUInt32LE(1_000 + index, 4 + 24);
    return [
      ['client', ask],
      ['server', reply],
    ];
  }).flat();
  const records = of('smb', told([...steps.slice(0, at), ...many, ...steps.slice(at)], 445));
  const names = records.flatMap((record) => (record['hinomi.session.file_names'] as string[] | undefined) ?? []);
  expect(names.length).toBe(303);
  expect(new Set(names).size).toBe(303);
  expect(records.length).toBeLessThan(8);
});

test.each([false, true])('DCE-RPC over TCP, in either order of bytes (%s)', (isBigEndian) => {
  const records = told(rpcSteps(isBigEndian), 49_700);
  expect(of('ntlm', records)).toMatchObject([{ ...NTLM, 'hinomi.session.outcome': 'success' }]);
  expect(of('dce_rpc', records)).toMatchObject([
    {
      ...NTLM,
      'hinomi.session.service': 'samr',
      'hinomi.session.operations': ['SamrConnect5'],
      'hinomi.session.outcome': 'success',
      'hinomi.session.details': [
        'uuid=12345778-1234-abcd-ef00-0123456789ac',
        'requests=1',
        'level=privacy',
        'address=135',
      ],
    },
    {
      'hinomi.session.service': 'srvsvc',
      'hinomi.session.outcome': 'failure',
      'hinomi.session.error': 'provider_rejection',
    },
    {
      'hinomi.session.service': 'epmapper',
      'hinomi.session.operations': ['ept_map'],
      'hinomi.session.outcome': 'failure',
      'hinomi.session.error': 'nca_s_op_rng_error',
    },
  ]);
});

test('DCE-RPC: a PC opens a secure channel, and says its name', () => {
  const bind = rpcBind([NETLOGON], { auth: { type: 68, token: secureChannel('OFFICE', 'PC-1') } });
  const steps: Step[] = [
    ['client', bind],
    ['server', rpcBindAck([0])],
    ['client', rpcRequest(0, 45, 100)],
    ['server', rpcResponse(0, 100)],
  ];
  expect(told(steps, 49_676)).toMatchObject([
    {
      'host.name': 'PC-1',
      'user.domain': 'OFFICE',
      'hinomi.session.auth_method': 'netlogon',
      'hinomi.session.service': 'netlogon',
      'hinomi.session.operations': ['NetrLogonSamLogonWithFlags'],
    },
  ]);
});

test('LDAP: a simple login, a search and changes', () => {
  expect(told(ldapSteps(), 389)).toMatchObject([
    {
      'network.protocol': 'ldap',
      'user.name': 'cn=admin,dc=example',
      'hinomi.session.auth_method': 'simple',
      'hinomi.session.cleartext_login': true,
      'hinomi.session.outcome': 'success',
      'hinomi.session.version': '3',
      'hinomi.session.operations': ['bind', 'search', 'add', 'delete', 'unbind'],
      'hinomi.ldap.searches': ['dc=example?cn,mail?sub?(&(mail=a\\2ab)(!(cn=*)))'],
      'hinomi.ldap.changes': ['add cn=b,dc=example', 'delete cn=a,dc=example'],
      'hinomi.session.details': ['searches=1', 'entries=1', 'failed=add:entryAlreadyExists:1'],
    },
  ]);
});

test('LDAP: logins by SASL, and what is signed behind them', () => {
  const records = told(ldapSaslSteps(), 389);
  expect(of('ntlm', records)).toMatchObject([
    { ...NTLM, 'hinomi.session.outcome': 'failure', 'hinomi.session.error': 'invalidCredentials' },
  ]);
  expect(of('kerberos', records)).toMatchObject([
    { 'hinomi.session.outcome': 'success', 'hinomi.session.service': 'ldap/dc1', 'user.domain': 'OFFICE.EXAMPLE' },
  ]);
  expect(of('ldap', records)).toMatchObject([
    {
      ...NTLM,
      'hinomi.session.outcome': 'failure',
      'hinomi.session.error': 'invalidCredentials',
      'hinomi.session.operations': ['bind'],
      'hinomi.session.details': ['mechanism=GSS-SPNEGO', 'message=8009030C: data 52e, v4563'],
    },
    {
      'user.domain': 'OFFICE.EXAMPLE',
      'hinomi.session.outcome': 'success',
      'hinomi.session.operations': ['bind', 'search'],
      'hinomi.ldap.searches': ['??base?(objectClass=*)'],
    },
  ]);
});

test('LDAP over UDP: a PC looks for a domain controller', () => {
  const [request, response] = cldapMessages();
  const records = recordsOf(
    overUdp(
      [
        ['client', request],
        ['server', response],
      ],
      { serverPort: 389 },
    ),
  );
  expect(
    of(
      'ldap',
      records.filter((record) => record['event.dataset'] === 'session'),
    ),
  ).toMatchObject([
    {
      'host.name': 'PC-1',
      'hinomi.ldap.searches': ['?Netlogon?base?(&(DnsDomain=office.example)(Host=PC-1))'],
      'hinomi.session.server_name': 'dc1.office.example',
      'hinomi.session.server_domain': 'office.example',
      'hinomi.session.details': ['searches=1', 'site=Tokyo', 'forest=office.example', 'entries=1'],
    },
  ]);
});

test('HTTP: logins by NTLM and Kerberos, one that is refused, and a ticket that is shown again and again', () => {
  const base64 = (token: Buffer): string => token.toString('base64');
  const get = (scheme: string, token: Buffer): Step => [
    'client',
    Buffer.from(`GET / HTTP/1.1\r\nHost: intra\r\nAuthorization: ${scheme} ${base64(token)}\r\n\r\n`),
  ];
  const reply = (status: number, fields = ''): Step => [
    'server',
    Buffer.from(`HTTP/1.1 ${status} X\r\n${fields}Content-Length: 0\r\n\r\n`),
  ];
  const user = { domain: 'OFFICE', user: 'hanako', host: 'PC-1' };
  const challenge = base64(ntlmChallenge({ 1: 'WEB' }));
  const ticket = spnegoInit(kerberosToken('OFFICE.EXAMPLE', 'HTTP', 'intra'), 'kerberos');
  const records = told(
    [
      get('NTLM', ntlmNegotiate()),
      reply(401, `WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM ${challenge}\r\n`),
      get('NTLM', ntlmAuthenticate({ ...user, user: 'taro' })),
      reply(401, 'WWW-Authenticate: NTLM\r\n'),
      get('NTLM', ntlmNegotiate()),
      reply(401, `WWW-Authenticate: NTLM ${challenge}\r\n`),
      get('NTLM', ntlmAuthenticate(user)),
      reply(200),
      get('Negotiate', ticket),
      reply(200),
      get('Negotiate', ticket),
      reply(200),
    ],
    80,
  );
  const server = {
    'hinomi.session.server_name': 'WEB',
    'hinomi.session.details': expect.arrayContaining(['carrier=http']),
  };
  expect(records).toMatchObject([
    { ...server, 'user.name': 'taro', 'hinomi.session.outcome': 'failure', 'hinomi.session.error': 'Unauthorized' },
    { ...server, 'user.name': 'hanako', 'user.domain': 'OFFICE', 'hinomi.session.outcome': 'success' },
    { 'network.protocol': 'kerberos', 'hinomi.session.service': 'HTTP/intra', 'hinomi.session.outcome': 'success' },
  ]);
});

const ALL: readonly (readonly [steps: Step[], port: number])[] = windowsConversations().map(({ steps, serverPort }) => [
  steps,
  serverPort,
]);

test('nothing of any proof or password is told', () => {
  for (const [steps, port] of ALL) {
    const text = JSON.stringify(told(steps, port));
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 12));
  }
});

test('in pieces of any size it is the same', () => {
  const plain = (records: readonly AnyRecord[]): unknown => records.map((record) => ({ ...record, '@timestamp': '' }));
  for (const [steps, port] of ALL) {
    const whole = plain(told(steps, port));
    for (const size of [7, 61]) {
      const pieces = steps.flatMap(([from, bytes]) => {
        const list: [Side, Buffer][] = [];
        for (let at = 0; at < bytes.length; at += size) list.push([from, bytes.subarray(at, at + size)]);
        return list;
      });
      expect(plain(told(pieces, port))).toEqual(whole);
    }
  }
}, 60_000);

test('whatever its lengths say, and wherever it is cut', () => {
  const change = fc.record({
    step: fc.nat(40),
    at: fc.nat(400),
    value: fc.constantFrom(0, 1, 2, 4, 0x30, 0x60, 0x7f, 0x80, 0x84, 0xa0, 0xff),
  });
  const cut = fc.option(fc.record({ step: fc.nat(40), at: fc.nat(400) }));
  const which = fc.nat(ALL.length - 1);
  fc.assert(
    fc.property(which, fc.array(change, { minLength: 1, maxLength: 8 }), cut, (index, changes, cutting) => {
      const [original, port] = ALL[index]!;
      const steps = original.map(([from, bytes]): [Side, Buffer] => [from, Buffer.from(bytes)]);
      for (const { step, at, value } of changes) {
        const bytes = steps[step % steps.length]![1];
        bytes[at % bytes.length] = value;
      }
      if (cutting !== null) {
        const step = steps[cutting.step % steps.length]!;
        step[1] = step[1].subarray(0, cutting.at % step[1].length);
      }
      // Throws when it makes something that is no record.
      recordsOf(overTcp(steps, { serverPort: port }));
    }),
    { numRuns: 400 },
  );
}, 120_000);

test('an empty frame of SMB keeps a connection alive', () => {
  const steps = smb2Steps();
  const alive: Step[] = [...steps.slice(0, 4), ['client', framed(Buffer.alloc(0))], ...steps.slice(4)];
  expect(of('smb', told(alive, 445)).length).toBe(3);
});

test('behind a segment that the tap lost the next message is found', () => {
  const without = (steps: readonly Step[], serverPort: number, lost: Buffer): AnyRecord[] => {
    const packets = [...overTcp(steps, { serverPort })];
    const index = packets.findIndex(({ bytes }) => bytes.includes(lost));
    expect(index).toBeGreaterThan(0);
    packets.splice(index, 1);
    return recordsOf(packets).filter((record) => record['event.dataset'] === 'session');
  };
  const smb = without(smb2Steps(), 445, Buffer.from('memo.enc', 'utf16le'));
  expect(of('smb', smb).map((record) => record['hinomi.session.share'])).toEqual([
    undefined,
    '\\\\nas\\data',
    '\\\\nas\\IPC$',
  ]);
  expect(of('dce_rpc', smb)).toMatchObject([{ 'hinomi.session.operations': ['NetrShareEnum'] }]);
  const ldap = without(ldapSteps(), 389, Buffer.from('mail'));
  expect(of('ldap', ldap)).toMatchObject([
    { 'hinomi.ldap.changes': ['add cn=b,dc=example', 'delete cn=a,dc=example'] },
  ]);
  const rpc = without(rpcSteps(), 135, Buffer.alloc(1_000, 0x5a));
  expect(of('dce_rpc', rpc).map((record) => record['hinomi.session.service'])).toContain('epmapper');
});
