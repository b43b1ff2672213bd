import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyRecord } from '../../../../protocol/records/records.js';
import { overTcp, recordsOf } from '../../../../scripts/traffic/records.js';
import type { Side, Step } from '../../../../scripts/traffic/tcp.js';

/** A dialogue as lines that begin with `C: ` or `S: `. */
function talk(text: string): Step[] {
  return text
    .trim()
    .split('\n')
    .map((line): [Side, Buffer] => {
      const words = line.trim();
      return [words.startsWith('C:') ? 'client' : 'server', Buffer.from(`${words.slice(3)}\r\n`)];
    });
}
const sessionsOf = (steps: readonly Step[], serverPort: number): AnyRecord[] =>
  recordsOf(overTcp(steps, { serverPort })).filter((record) => record['event.dataset'] === 'session');

test('FTP: who logs in, and which files; nothing of the password', () => {
  const records = sessionsOf(
    talk(`
      S: 220 (vsFTPd 3.0.5)
      C: USER hanako
      S: 331 Please specify the password.
      C: PASS geheim99
      S: 230 Login successful.
      C: RETR 見積書.xlsx
      S: 226 Transfer complete.
      C: QUIT`),
    21,
  );
  expect(records).toMatchObject([
    {
      'network.protocol': 'ftp',
      'user.name': 'hanako',
      'hinomi.session.outcome': 'success',
      'hinomi.session.cleartext_login': true,
      'hinomi.session.server_software': '(vsFTPd 3.0.5)',
      'hinomi.session.file_names': ['見積書.xlsx'],
    },
  ]);
  expect(JSON.stringify(records)).not.toContain('geheim');
});

test('SMTP: the envelope, the length of the subject and the names of attachments', () => {
  const plain = Buffer.from('\0taro\0geheim99').toString('base64');
  const subject = `=?UTF-8?B?${Buffer.from('見積の件').toString('base64')}?=`;
  const records = sessionsOf(
    talk(`
      S: 220 mail.example.jp ESMTP Postfix
      C: EHLO pc1
      S: 250 AUTH PLAIN
      C: AUTH PLAIN ${plain}
      S: 235 ok
      C: MAIL FROM:<taro@example.jp> SIZE=100
      S: 250 ok
      C: RCPT TO:<hanako@example.com>
      S: 250 ok
      C: RCPT TO:<jiro@example.com>
      S: 250 ok
      C: DATA
      S: 354 go on
      C: Subject: ${subject}
      C: Content-Type: multipart/mixed; boundary=x
      C: 
      C: --x
      C: Content-Disposition: attachment; filename*=UTF-8''%E8%AB%8B%E6%B1%82.pdf
      C: 
      C: words that nobody reads
      C: .
      S: 250 queued
      C: QUIT`),
    25,
  );
  expect(records).toMatchObject([
    {
      'network.protocol': 'smtp',
      'host.name': 'pc1',
      'user.name': 'taro',
      'hinomi.session.auth_method': 'plain',
      'hinomi.session.cleartext_login': true,
      'hinomi.session.from': 'taro@example.jp',
      'hinomi.session.to': ['hanako@example.com', 'jiro@example.com'],
      'hinomi.session.subject_length': 4,
      'hinomi.session.attachments': ['請求.pdf'],
      'hinomi.session.outcome': 'success',
    },
  ]);
  expect(JSON.stringify(records)).not.toMatch(/geheim|nobody|見積/);
});

test.each([
  ['pop3', 110, 'S: +OK Dovecot ready.\nC: USER hanako\nS: +OK\nC: PASS geheim99\nS: +OK Logged in.', 'success'],
  ['pop3', 110, 'S: +OK ready\nC: USER hanako\nS: +OK\nC: PASS geheim99\nS: -ERR no', 'failure'],
  ['imap', 143, 'S: * OK Dovecot ready.\nC: a1 LOGIN hanako geheim99\nS: a1 OK Logged in', 'success'],
  ['imap', 143, 'S: * OK ready\nC: a1 LOGIN "hanako" "geheim99"\nS: a1 NO wrong', 'failure'],
])('%s on port %i: who logs in, and whether it worked', (name, port, text, outcome) => {
  const records = sessionsOf(talk(text), port);
  expect(records).toMatchObject([
    {
      'network.protocol': name,
      'user.name': 'hanako',
      'hinomi.session.outcome': outcome,
      'hinomi.session.cleartext_login': true,
    },
  ]);
  expect(JSON.stringify(records)).not.toContain('geheim');
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');
test.each([
  ['pop3', 110, `S: +OK\nC: AUTH PLAIN\nS: +\nC: ${base64('\0hanako\0geheim99')}\nS: +OK Logged in.`, 'plain'],
  ['pop3', 110, `S: +OK\nC: AUTH CRAM-MD5\nS: + PDE4\nC: ${base64('hanako b913a602')}\nS: +OK`, 'cram-md5'],
  ['imap', 143, `S: * OK\nC: a AUTHENTICATE PLAIN ${base64('\0hanako\0geheim99')}\nS: a OK`, 'plain'],
  [
    'imap',
    143,
    `S: * OK\nC: a AUTHENTICATE LOGIN\nS: + VXNlcg\nC: ${base64('hanako')}\nS: + UGFz\nC: ${base64('geheim99')}\nS: a OK`,
    'login',
  ],
])('%s on port %i: who logs in by SASL', (name, port, text, method) => {
  const records = sessionsOf(talk(text), port);
  expect(records).toMatchObject([
    {
      'network.protocol': name,
      'user.name': 'hanako',
      'hinomi.session.auth_method': method,
      'hinomi.session.outcome': 'success',
    },
  ]);
  expect(JSON.stringify(records)).not.toContain('geheim');
  expect(records[0]?.['hinomi.session.cleartext_login']).toBe(method === 'cram-md5' ? undefined : true);
});

test('IMAP: a name and a password that are sent as literals', () => {
  const text = 'S: * OK\nC: a LOGIN {6}\nS: + go on\nC: hanako {8}\nS: + go on\nC: geheim99\nS: a OK';
  expect(sessionsOf(talk(text), 143)).toMatchObject([
    { 'user.name': 'hanako', 'hinomi.session.outcome': 'success', 'hinomi.session.cleartext_login': true },
  ]);
});

test.each([
  ['ftp', 21, 'S: 220 ftp\nC: AUTH TLS\nS: 234 ok'],
  ['smtp', 25, 'S: 220 mail\nC: EHLO pc1\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go on'],
  ['pop3', 110, 'S: +OK\nC: STLS\nS: +OK'],
  ['imap', 143, 'S: * OK\nC: a STARTTLS\nS: a OK'],
])('%s on port %i goes on in TLS', (name, port, text) => {
  expect(sessionsOf(talk(text), port)).toMatchObject([
    { 'network.protocol': name, 'hinomi.session.details': ['starttls=yes'], 'hinomi.session.outcome': 'unknown' },
  ]);
});

test('SMTP: why a mail was refused', () => {
  const records = sessionsOf(
    talk(`
      S: 220 mail
      C: MAIL FROM:<a@example.jp>
      S: 250 ok
      C: RCPT TO:<b@example.com>
      S: 550 5.1.1 not here`),
    25,
  );
  expect(records).toMatchObject([{ 'hinomi.session.outcome': 'failure', 'hinomi.session.error': '550 5.1.1' }]);
});

/** RFC 4253 6 and 7.1. */
function kexInit(lists: readonly string[]): Buffer {
  const names = lists.map((list) => {
    const b = Buffer.alloc(4 + list.length);
    b.writeUInt32BE(list.length);
    b.write(list, 4);
    return b;
  });
  return packet(Buffer.concat([Buffer.of(20), Buffer.alloc(16, 7), ...names, Buffer.alloc(5)]));
}
function packet(message: Buffer): Buffer {
  const b = Buffer.alloc(5);
  b.writeUInt32BE(1 + message.length + 4);
  b[4] = 4;
  return Buffer.concat([b, message, Buffer.alloc(4)]);
}
const CLIENT = ['curve25519-sha256', 'ssh-ed25519', 'aes256-gcm', 'aes128-ctr', 'mac1', 'mac2', 'none', 'zlib', '', ''];
const SERVER = [
  'x,curve25519-sha256',
  'ssh-rsa,ssh-ed25519',
  'aes128-ctr,aes256-gcm',
  'c2',
  'mac1',
  'mac4',
  'none',
  'none',
  '',
  '',
];
const SSH: readonly Step[] = [
  ['server', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
  ['client', Buffer.concat([Buffer.from('SSH-2.0-PuTTY\r\n'), kexInit(CLIENT)])],
  ['server', kexInit(SERVER)],
  [
    'server',
    Buffer.concat([packet(Buffer.concat([Buffer.of(31, 0, 0, 0, 3), Buffer.from('key')])), packet(Buffer.of(21))]),
  ],
  ['client', packet(Buffer.of(21))],
  ['client', Buffer.alloc(2_000, 0xaa)],
];

test('SSH: software, what both can do, and the fingerprints of it', () => {
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  expect(sessionsOf(SSH, 2_222)).toMatchObject([
    {
      'network.protocol': 'ssh',
      'hinomi.session.version': '2',
      'hinomi.session.client_software': 'SSH-2.0-PuTTY',
      'hinomi.session.server_software': 'SSH-2.0-OpenSSH_9.2',
      'hinomi.session.cipher': 'aes256-gcm',
      'hinomi.session.hassh': md5('curve25519-sha256;aes256-gcm;mac1;none'),
      'hinomi.session.hassh_server': md5('x,curve25519-sha256;c2;mac4;none'),
      'hinomi.session.host_key': md5('key').replaceAll(/(..)(?=.)/g, '$1:'),
      'hinomi.session.details': ['kex=curve25519-sha256', 'host_key=ssh-ed25519', 'mac=mac1', 'compression=none'],
    },
  ]);
});

describe('SSH: whether the login worked, by the sizes of what is hidden', () => {
  const hidden = (bytes: number): Buffer => Buffer.alloc(bytes, 0xee);
  const keys = (cipher: string, mac: string): Step[] => {
    const init = kexInit(['k', 'h', cipher, cipher, mac, mac, 'none', 'none', '', '']);
    return [
      ['server', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
      ['client', Buffer.concat([Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'), init])],
      ['server', init],
      ['server', Buffer.concat([packet(Buffer.of(21)), hidden(400)])],
      ['client', packet(Buffer.of(21))],
      ['client', hidden(44)],
      ['server', hidden(68)],
    ];
  };
  const outcomeOf = (steps: readonly Step[]): unknown => sessionsOf(steps, 22)[0]?.['hinomi.session.outcome'];

  test.each([
    ['chacha20-poly1305@openssh.com', 'any', 28],
    ['aes128-gcm@openssh.com', 'any', 36],
    ['aes128-ctr', 'hmac-sha2-256-etm@openssh.com', 52],
    ['aes256-ctr', 'hmac-sha2-512', 80],
    ['3des-cbc', 'hmac-sha1', 36],
  ])('%s with %s: a message of %i bytes is the success', (cipher, mac, success) => {
    const steps: Step[] = [...keys(cipher, mac), ['client', hidden(100)], ['server', hidden(100)]];
    const said: Step[] = [...steps, ['client', hidden(500)], ['server', hidden(success)], ['client', hidden(120)]];
    expect(outcomeOf(said)).toBe('success');
    expect(outcomeOf([...steps, ['client', hidden(500)], ['server', hidden(success + 16)]])).toBe('failure');
  });

  test.each([
    ['the client goes as soon as it has the keys', keys('aes128-gcm@openssh.com', 'x').slice(0, 5)],
    [
      'the cipher is not known',
      [...keys('own@example.jp', 'x'), ['server', hidden(100)] as Step, ['server', hidden(28)] as Step],
    ],
    [
      'it went on for long without one',
      [...keys('aes128-gcm@openssh.com', 'x'), ...Array.from({ length: 60 }, (): Step => ['server', hidden(200)])],
    ],
  ])('unknown when %s', (_when, steps) => {
    expect(outcomeOf(steps)).toBe('unknown');
  });
});

test('whatever is said, cut anywhere', () => {
  const start = ['220 ftp', '220 smtp', '+OK', '* OK', 'SSH-2.0-x'];
  const words = fc.constantFrom(
    ...start,
    'USER a',
    'AUTH PLAIN',
    'DATA',
    'MAIL FROM:<a>',
    '.',
    'a LOGIN b c',
    '\0',
    '=',
    'é',
  );
  fc.assert(
    fc.property(fc.constantFrom(...start), fc.array(words, { maxLength: 12 }), fc.nat(40), (first, rest, cut) => {
      const text = Buffer.from([first, ...rest].join('\r\n'));
      recordsOf(
        overTcp(
          [
            ['server', text.subarray(0, cut)],
            ['client', text],
            ['server', text.subarray(cut)],
          ],
          { serverPort: 25 },
        ),
      );
    }),
    { numRuns: 300 },
  );
});
