import { describe, expect, test } from 'vitest';
import type { AnyRecord } from '../../../../protocol/records/records.js';
import { overTcp, recordsOf } from '../../../../scripts/traffic/records.js';
import type { Side, Step } from '../../../../scripts/traffic/tcp.js';

/** A dialogue as lines that begin with `C: ` or `S: `; those of one side in a row are one segment. */
function talk(text: string): Step[] {
  const steps: [Side, Buffer][] = [];
  for (const line of text.trim().split('\n')) {
    const words = line.trimStart();
    const side: Side = words.startsWith('C:') ? 'client' : 'server';
    const bytes = Buffer.from(`${words.slice(3)}\r\n`);
    const last = steps.at(-1);
    if (last?.[0] === side) last[1] = Buffer.concat([last[1], bytes]);
    else steps.push([side, bytes]);
  }
  return steps;
}
const sessionsOf = (steps: readonly Step[], serverPort: number): AnyRecord[] =>
  recordsOf(overTcp(steps, { serverPort })).filter((record) => record['event.dataset'] === 'session');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('SMTP', () => {
  const OPEN = 'S: 220 mail ESMTP\nC: EHLO pc1\nS: 250 ok\n';

  test('commands that go ahead of their replies, and mails one after another', () => {
    const records = sessionsOf(
      talk(`${OPEN}C: MAIL FROM:<a@x.jp>
        C: RCPT TO:<b@x.jp>
        C: RCPT TO:<gone@x.jp>
        C: DATA
        S: 250 ok
        S: 250 ok
        S: 550 5.1.1 no such user
        S: 354 go on
        C: Subject: one
        C: 
        C: words
        C: .
        S: 250 queued
        C: MAIL FROM:<>
        C: RCPT TO:<@relay:c@x.jp>
        S: 250 ok
        S: 250 ok
        C: DATA
        S: 354 go on
        C: .
        S: 552 too large
        C: QUIT`),
      25,
    );
    expect(records).toMatchObject([
      {
        'hinomi.session.from': 'a@x.jp',
        'hinomi.session.to': ['b@x.jp', 'gone@x.jp'],
        'hinomi.session.outcome': 'success',
        'hinomi.session.error': '550 5.1.1',
        'hinomi.session.subject_length': 3,
      },
      { 'hinomi.session.from': '', 'hinomi.session.to': ['c@x.jp'], 'hinomi.session.outcome': 'failure' },
    ]);
    expect(records).toHaveLength(2);
  });

  test('mails of which the client alone is seen', () => {
    const one = (to: string): string =>
      `C: MAIL FROM:<a@x.jp>\nC: RCPT TO:<${to}>\nC: DATA\nC: Subject: x\nC: \nC: words\nC: .\n`;
    const records = sessionsOf(talk(`C: EHLO pc1\n${one('b@x.jp')}${one('c@x.jp')}C: QUIT`), 25);
    expect(records.map((record) => record['hinomi.session.to'])).toEqual([['b@x.jp'], ['c@x.jp']]);
    expect(records).toMatchObject([{ 'hinomi.session.outcome': 'unknown' }, {}]);
  });

  test('a long mail is passed over as a whole, and ends where it ends, wherever it is cut', () => {
    const line = `${'x'.repeat(70)}\r\n`;
    const words = `Subject: long\r\n\r\n${line.repeat(400)}..dots\r\n${line.repeat(3)}${'y'.repeat(20_000)}.\r\n.\r\n`;
    const second = 'MAIL FROM:<c@x.jp>\r\nRCPT TO:<d@x.jp>\r\nDATA\r\n';
    for (const cut of [1, 28, 1_000, 28_849, words.length - 24, words.length - 4, words.length - 3, words.length - 1]) {
      const steps: Step[] = [
        ...talk(`${OPEN}C: MAIL FROM:<a@x.jp>\nC: RCPT TO:<b@x.jp>\nC: DATA\nS: 354 go on`),
        ['client', Buffer.from(words.slice(0, cut))],
        ['client', Buffer.from(words.slice(cut) + second)],
        ['client', Buffer.from('Subject: two\r\n\r\nz\r\n.\r\n')],
      ];
      const records = sessionsOf(steps, 25);
      expect(records.map((record) => record['hinomi.session.to'])).toEqual([['b@x.jp'], ['d@x.jp']]);
      expect(records.map((record) => record['hinomi.session.subject_length'])).toEqual([4, 3]);
    }
  });

  test('headers without an end are words at some time', () => {
    const headers = 'X: y\r\n'.repeat(3_000);
    const mail = `C: MAIL FROM:<a@x.jp>\nC: RCPT TO:<b@x.jp>\nC: DATA\nS: 354 go on`;
    const steps: Step[] = [...talk(OPEN + mail), ['client', Buffer.from(`${headers}Subject: late\r\n.\r\n`)]];
    const records = sessionsOf(steps, 25);
    expect(records).toHaveLength(1);
    expect(records[0]).not.toHaveProperty('hinomi.session.subject_length');
  });

  test('a mail in chunks, cut where it pleases', () => {
    const words =
      'Subject: hello\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: x/y; name=a.pdf\r\n\r\n--b--';
    const records = sessionsOf(
      [
        ...talk(`${OPEN}C: MAIL FROM:<a@x.jp>\nC: RCPT TO:<b@x.jp>\nS: 250 ok\nS: 250 ok`),
        [
          'client',
          Buffer.from(`BDAT 20\r\n${words.slice(0, 20)}BDAT ${words.length - 20} LAST\r\n${words.slice(20, 60)}`),
        ],
        ['client', Buffer.from(`${words.slice(60)}QUIT\r\n`)],
        ...talk('S: 250 chunk\nS: 250 queued\nS: 221 bye'),
      ],
      25,
    );
    expect(records).toMatchObject([
      {
        'hinomi.session.outcome': 'success',
        'hinomi.session.attachments': ['a.pdf'],
        'hinomi.session.reply_codes': ['220', '250'],
      },
    ]);
  });

  test('a chunk of no size that there is', () => {
    for (const size of ['-42', '99999999999999', 'x'])
      expect(
        sessionsOf(talk(`${OPEN}C: MAIL FROM:<a@x.jp>\nS: 250 ok\nC: BDAT ${size} LAST\nS: 521 syntax\nC: QUIT`), 25),
      ).toMatchObject([{ 'hinomi.session.from': 'a@x.jp', 'hinomi.session.outcome': 'failure' }]);
  });

  test('what stands in the words of a mail is no header, and lines of any length pass', () => {
    const records = sessionsOf(
      [
        ...talk(`${OPEN}C: MAIL FROM:<a@x.jp>\nC: RCPT TO:<b@x.jp>\nC: DATA\nS: 250 ok\nS: 250 ok\nS: 354 go on`),
        ...talk(`C: Subject: x\nC: Content-Type: multipart/mixed;\nC:  boundary="b"\nC: \nC: --b`),
        ['client', Buffer.concat([Buffer.from('Content-Type: text/plain\r\n\r\n'), Buffer.alloc(30_000, 0x61)])],
        ...talk(`C: 
          C: Content-Disposition: attachment; filename=none.pdf
          C: --b
          C: Content-Type: message/rfc822
          C: 
          C: Subject: the one inside
          C: Content-Type: image/png; name=inside.png
          C: 
          C: --b--
          C: ..
          C: .
          S: 250 queued`),
      ],
      25,
    );
    expect(records).toMatchObject([
      {
        'hinomi.session.subject_length': 1,
        'hinomi.session.attachments': ['inside.png'],
        'hinomi.session.outcome': 'success',
      },
    ]);
  });

  test.each([
    ['PLAIN', `C: AUTH PLAIN\nS: 334 \nC: ${base64('\0taro\0geheim')}`, 'taro', true],
    ['LOGIN', `C: AUTH LOGIN\nS: 334 x\nC: ${base64('taro')}\nS: 334 y\nC: ${base64('geheim')}`, 'taro', true],
    ['CRAM-MD5', `C: AUTH CRAM-MD5\nS: 334 x\nC: ${base64('taro 0123geheim')}`, 'taro', undefined],
    ['XOAUTH2', `C: AUTH XOAUTH2 ${base64('user=taro\x01auth=Bearer geheim\x01\x01')}`, 'taro', true],
    [
      'SCRAM',
      `C: AUTH SCRAM-SHA-256 ${base64('n,,n=taro,r=geheim')}\nS: 334 x\nC: ${base64('p=geheim')}`,
      'taro',
      undefined,
    ],
  ])('%s: whose login, never with what', (_method, text, user, isClear) => {
    const records = sessionsOf(talk(`${OPEN}${text}\nS: 535 5.7.8 wrong\nC: QUIT`), 587);
    expect(records).toMatchObject([
      { 'user.name': user, 'hinomi.session.outcome': 'failure', 'hinomi.session.error': '535 5.7.8' },
    ]);
    expect(records[0]!['hinomi.session.cleartext_login']).toBe(isClear);
    expect(JSON.stringify(records)).not.toMatch(/geheim|Z2VoZWlt/);
  });

  test('STARTTLS, and a greeting that turns everybody away', () => {
    expect(sessionsOf(talk(`${OPEN}C: STARTTLS\nS: 220 go`), 25)).toMatchObject([
      { 'hinomi.session.details': ['starttls=yes'] },
    ]);
    expect(sessionsOf(talk('S: 220-smtp\nS: 220 smtp\nC: EHLO x\nS: 554 no'), 25)).toMatchObject([
      { 'hinomi.session.outcome': 'failure', 'hinomi.session.error': '554' },
    ]);
  });
});

describe('POP3 and IMAP', () => {
  test.each([
    [110, `S: +OK x\nC: AUTH PLAIN\nS: + \nC: ${base64('\0taro\0geheim')}\nS: +OK`, 'taro', 'plain', true],
    [110, 'S: +OK x\nC: APOP taro 0123\nS: +OK', 'taro', 'apop', undefined],
    [143, `S: * OK x\nC: a AUTHENTICATE PLAIN ${base64('\0taro\0geheim')}\nS: a OK`, 'taro', 'plain', true],
    [143, 'S: * OK x\nC: a LOGIN {4}\nS: + \nC: taro {6}\nS: + \nC: geheim\nS: a OK', 'taro', 'password', true],
    [143, 'S: * OK x\nC: a LOGIN taro {9+}\nC: x LOGIN geheim y\nS: a OK', 'taro', 'password', true],
    [143, 'S: * OK x\nC: a LOGIN "ta ro\\"" "geheim"\nS: a OK', 'ta ro"', 'password', true],
  ])('port %i: %s', (port, text, user, method, isClear) => {
    const records = sessionsOf(talk(text), port);
    expect(records).toMatchObject([
      { 'user.name': user, 'hinomi.session.auth_method': method, 'hinomi.session.outcome': 'success' },
    ]);
    expect(records[0]!['hinomi.session.cleartext_login']).toBe(isClear);
    expect(JSON.stringify(records)).not.toMatch(/geheim|Z2VoZWlt/);
  });

  test('a second try that works', () => {
    const text = 'S: +OK x\nC: USER a\nS: +OK\nC: PASS x\nS: -ERR no\nC: USER b\nS: +OK\nC: PASS y\nS: +OK';
    const [record] = sessionsOf(talk(text), 110);
    expect(record).toMatchObject({ 'user.name': 'b', 'hinomi.session.outcome': 'success' });
    expect(record).not.toHaveProperty(['hinomi.session.error']);
  });

  test('STARTTLS, and which program it is', () => {
    const text = 'S: * OK x\nC: a ID ("name" "Thunderbird" "version" "102")\nS: a OK\nC: b STARTTLS\nS: b OK';
    expect(sessionsOf(talk(text), 143)).toMatchObject([
      { 'hinomi.session.details': ['starttls=yes'], 'hinomi.session.client_software': 'Thunderbird 102' },
    ]);
  });
});

test('FTP: commands, replies of several lines, a login that is refused', () => {
  const records = sessionsOf(
    talk(`S: 220-Welcome
      S: 230 this is not a reply
      S: 220 to us
      C: USER taro
      S: 331 password
      C: PASS geheim
      S: 530 Login incorrect.
      C: AUTH TLS
      S: 502 no
      C: SYST
      S: 215 UNIX Type: L8
      C: QUIT`),
    21,
  );
  expect(records).toMatchObject([
    {
      'user.name': 'taro',
      'hinomi.session.outcome': 'failure',
      'hinomi.session.error': '530',
      'hinomi.session.server_software': 'Welcome',
      'hinomi.session.commands': ['USER', 'PASS', 'AUTH', 'SYST', 'QUIT'],
      'hinomi.session.reply_codes': ['220', '331', '530', '502', '215'],
      'hinomi.ftp.system': 'UNIX Type: L8',
    },
  ]);
  expect(JSON.stringify(records)).not.toContain('geheim');
});

describe('a segment that the tap lost', () => {
  /** Without the packet whose payload holds this. */
  const without = (lost: string, steps: readonly Step[], serverPort: number): AnyRecord[] =>
    recordsOf([...overTcp(steps, { serverPort })].filter(({ bytes }) => !bytes.includes(lost))).filter(
      (record) => record['event.dataset'] === 'session',
    );
  const each = (text: string): Step[] => text.split('\n').flatMap((line) => talk(line));

  test('in the middle of a mail, with its end or without', () => {
    const head =
      'S: 220 mail\nC: EHLO x\nS: 250 ok\nC: MAIL FROM:<a@x.jp>\nS: 250 ok\nC: RCPT TO:<b@x.jp>\nS: 250 ok\nC: DATA\nS: 354 go';
    const rest = 'C: Subject: x\nC: LOST\nC: .\nS: 250 queued\nC: MAIL FROM:<c@x.jp>\nS: 250 ok\nC: QUIT\nS: 221 bye';
    expect(without('LOST', each(`${head}\n${rest}`), 25)).toMatchObject([
      { 'hinomi.session.from': 'a@x.jp', 'hinomi.session.outcome': 'success', 'hinomi.session.subject_length': 1 },
      { 'hinomi.session.from': 'c@x.jp' },
    ]);
    const withEnd = each(`${head}\n${rest}`).filter((step) => step[1].toString() !== '.\r\n');
    expect(without('LOST', withEnd, 25)).toMatchObject([{ 'hinomi.session.outcome': 'success' }, {}]);
  });

  test.each([
    [
      'smtp',
      25,
      `S: 220 mail\nC: AUTH LOGIN\nS: 334 x\nC: LOSTLOST\nS: 334 y\nC: ${base64('geheim')}\nS: 235 ok\nC: QUIT`,
    ],
    ['pop3', 110, `S: +OK x\nC: AUTH LOGIN\nS: + x\nC: LOSTLOST\nS: + y\nC: ${base64('geheim')}\nS: -ERR no\nC: QUIT`],
    ['imap', 143, 'S: * OK x\nC: a LOGIN {8}\nS: + x\nC: LOSTLOST {6}\nS: + y\nC: geheim\nS: a NO no\nC: b LOGOUT'],
    ['telnet', 23, 'S: hello\nC: x\nS: login: \nC: LOSTLOST\nC: geheim\nS: Password: \nC: x'],
  ])('%s: a password is never taken for the name that was lost', (_name, port, text) => {
    const records = without('LOSTLOST', each(text), port);
    expect(records).toHaveLength(1);
    expect(JSON.stringify(records)).not.toContain('geheim');
  });
});
