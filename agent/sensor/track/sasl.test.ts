import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Sasl } from './sasl.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('the name of who logs in, by', () => {
  test.each([
    ['PLAIN', [base64('\0hanako\0geheim')], true],
    ['PLAIN', [base64('boss\0hanako\0geheim')], true],
    ['LOGIN', [base64('hanako'), base64('geheim')], true],
    ['CRAM-MD5', [base64('hanako b913a602c7eda7a495b4e6e7334d3890')], false],
    ['DIGEST-MD5', [base64('charset=utf-8,username="hanako",realm="x",response=d388dad9')], false],
    ['SCRAM-SHA-256', [base64('n,,n=hanako,r=rOprNGfwEbeRWgbNEkqO'), base64('c=biws,r=rOpr,p=dHzb')], false],
    ['XOAUTH2', [base64('user=hanako\x01auth=Bearer geheim\x01\x01')], true],
    ['OAUTHBEARER', [base64('n,a=hanako,\x01host=x\x01auth=Bearer geheim\x01\x01')], true],
  ] as const)('%s %j', (method, lines, isCleartext) => {
    const sasl = new Sasl(method);
    for (const line of lines) sasl.onLine(line);
    expect(sasl).toMatchObject({ method: method.toLowerCase(), user: 'hanako', isCleartext });
    expect(JSON.stringify(sasl)).not.toContain('geheim');
  });
});

test('the first message may come with the command', () => {
  expect(new Sasl('PLAIN', base64('\0hanako\0geheim'))).toMatchObject({ user: 'hanako', isOpen: false });
  const login = new Sasl('LOGIN', base64('hanako'));
  expect(login).toMatchObject({ user: 'hanako', isOpen: true });
  login.onLine(base64('geheim'));
  expect(login).toMatchObject({ user: 'hanako', isOpen: false });
});

test('who gives up has said all', () => {
  const sasl = new Sasl('SCRAM-SHA-1');
  sasl.onLine('*');
  expect(sasl).toMatchObject({ user: undefined, isOpen: false });
});

test('NTLM says more than a name', () => {
  const text = (words: string): Buffer => Buffer.from(words, 'utf16le');
  const [domain, user, host] = [text('OFFICE'), text('hanako'), text('PC1')] as const;
  const message = Buffer.alloc(64);
  message.write('NTLMSSP\0');
  message.writeUInt32LE(3, 8);
  let at = 64;
  for (const [i, one] of [domain, user, host].entries()) {
    message.writeUInt16LE(one.length, 28 + i * 8);
    message.writeUInt32LE(at, 32 + i * 8);
    at += one.length;
  }
  message.writeUInt32LE(1, 60);
  const sasl = new Sasl('NTLM', Buffer.concat([message, domain, user, host]).toString('base64'));
  expect(sasl).toMatchObject({ user: 'hanako', domain: 'OFFICE', host: 'PC1', isCleartext: false });
});

test('whatever is sent, a name is short and the exchange ends', () => {
  const methods = fc.constantFrom('PLAIN', 'LOGIN', 'CRAM-MD5', 'DIGEST-MD5', 'NTLM', 'SCRAM-SHA-1', 'X', 'XOAUTH2');
  const message = fc.oneof(
    fc.string(),
    fc.base64String(),
    fc.string().map(base64),
    fc.constant(base64('x'.repeat(9_999))),
  );
  fc.assert(
    fc.property(methods, fc.array(message, { minLength: 8, maxLength: 12 }), (method, lines) => {
      const sasl = new Sasl(method);
      for (const line of lines) sasl.onLine(line);
      expect(sasl.isOpen).toBe(false);
      expect((sasl.user ?? '').length).toBeLessThanOrEqual(256);
    }),
  );
});
