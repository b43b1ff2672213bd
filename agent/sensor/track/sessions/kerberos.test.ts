import { expect, test } from 'vitest';
import type { AnyRecord } from '../../../../protocol/records/records.js';
import { overTcp, overUdp, recordsOf } from '../../../../scripts/traffic/records.js';
import {
  der,
  field,
  generalString,
  identifier,
  integer,
  octets,
  sequence,
} from '../../../../scripts/traffic/windows/der.js';
import { kerberosName, kerberosTicket, kerberosToken, SECRET } from '../../../../scripts/traffic/windows/login.js';

const REALM = 'OFFICE.EXAMPLE';
const sessions = (records: readonly AnyRecord[]): AnyRecord[] =>
  records.filter((record) => record['event.dataset'] === 'session');
const preauth = (type: number, value: Buffer): Buffer => sequence(field(1, integer(type)), field(2, octets(value)));

/** RFC 4120 5.4.1. @param options bits of kdc-options, from the left */
function asRequest(options: readonly number[], ...data: readonly Buffer[]): Buffer {
  const bits = Buffer.alloc(5);
  for (const bit of options) bits[1 + (bit >> 3)] = bits[1 + (bit >> 3)]! | (0x80 >> (bit & 7));
  const body = sequence(
    field(0, der(3, bits)),
    field(1, kerberosName('hanako')),
    field(2, generalString(REALM)),
    field(3, kerberosName('krbtgt', REALM)),
    field(5, der(0x18, Buffer.from('20370913024805Z'))),
    field(7, integer(0x1234567)),
    field(8, sequence(integer(18), integer(23))),
  );
  const parts = [field(1, integer(5)), field(2, integer(10)), field(3, sequence(...data)), field(4, body)];
  return der(0x6a, sequence(...parts));
}

/** RFC 4120 5.9.1. */
function error(code: number, text?: string): Buffer {
  const said = text === undefined ? [] : [field(11, generalString(text))];
  const parts = [
    field(6, integer(code)),
    field(9, generalString(REALM)),
    field(10, kerberosName('krbtgt', REALM)),
    ...said,
  ];
  return der(0x7e, sequence(field(0, integer(5)), field(1, integer(30)), ...parts));
}

/** RFC 4556 3.2.1, with what stands for a certificate. */
function pkinit(certificate: Buffer): Buffer {
  const signed = sequence(integer(3), der(0x31), sequence(identifier('2b06010502030')), field(0, certificate));
  return sequence(der(0x80, sequence(identifier('2a864886f70d010702'), field(0, signed))));
}

const framed = (message: Buffer): Buffer => {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(message.length);
  return Buffer.concat([b, message]);
};

test('what a request offers, and what the server says in its own words', () => {
  const forUser = sequence(field(0, kerberosName('taro')), field(1, generalString(REALM)));
  const request = asRequest(
    [1, 8, 14],
    preauth(2, Buffer.from(SECRET)),
    preauth(136, Buffer.alloc(3)),
    preauth(129, forUser),
  );
  const records = sessions(
    recordsOf(
      overUdp(
        [
          ['client', request],
          ['server', error(24, 'PREAUTH_FAILED\0')],
        ],
        { serverPort: 88 },
      ),
    ),
  );
  expect(records).toMatchObject([
    {
      'user.name': 'hanako',
      'hinomi.session.error': 'KDC_ERR_PREAUTH_FAILED',
      'hinomi.session.details': [
        'error_text=PREAUTH_FAILED',
        'preauth=enc-timestamp,fast,for-user',
        'options=forwardable,renewable,cname-in-addl-tkt',
        'ciphers=aes256-cts-hmac-sha1-96,rc4-hmac',
        'for_user=taro',
        'till=20370913024805Z',
      ],
    },
  ]);
  expect(JSON.stringify(records)).not.toContain(SECRET);
});

test('over TCP it is known by its content, whatever the port', () => {
  const request = framed(asRequest([]));
  const records = sessions(recordsOf(overTcp([['client', request]], { serverPort: 8_088 })));
  expect(records).toMatchObject([{ 'network.protocol': 'kerberos', 'user.name': 'hanako' }]);
  request.writeUInt32BE(request.length, 0);
  expect(sessions(recordsOf(overTcp([['client', request]], { serverPort: 8_088 })))).toEqual([]);
});

test('a login by certificate that is none has no subject, and breaks nothing', () => {
  const request = asRequest([], preauth(16, pkinit(sequence(integer(1)))));
  const [record] = sessions(recordsOf(overUdp([['client', request]], { serverPort: 88 })));
  expect(record?.['hinomi.session.details']).toContain('preauth=pkinit');
});

test('a password is changed: by whom stands in the ticket, whether it was taken is sealed', () => {
  const ticket = der(
    0x6e,
    sequence(field(0, integer(5)), field(1, integer(14)), field(3, kerberosTicket(REALM, 'kadmin', 'changepw'))),
  );
  const message = (inner: Buffer, isError = false): Buffer => {
    const head = Buffer.alloc(6);
    const sealed = Buffer.from(SECRET);
    head.writeUInt16BE(head.length + inner.length + (isError ? 0 : sealed.length), 0);
    head.writeUInt16BE(1, 2);
    head.writeUInt16BE(isError ? 0 : inner.length, 4);
    return Buffer.concat([head, inner, ...(isError ? [] : [sealed])]);
  };
  const common = {
    'hinomi.session.operation': 'KPASSWD',
    'hinomi.session.service': 'kadmin/changepw',
    'user.domain': REALM,
  };
  const answer = message(der(0x6f, sequence(field(0, integer(5)), field(1, integer(15)))));
  for (const [reply, outcome] of [
    [answer, 'unknown'],
    [message(error(37), true), 'failure'],
  ] as const) {
    const over = { serverPort: 464 };
    const udp = overUdp(
      [
        ['client', message(ticket)],
        ['server', reply],
      ],
      over,
    );
    const tcp = overTcp(
      [
        ['client', framed(message(ticket))],
        ['server', framed(reply)],
      ],
      over,
    );
    for (const packets of [udp, tcp]) {
      expect(sessions(recordsOf(packets))).toMatchObject([{ ...common, 'hinomi.session.outcome': outcome }]);
    }
  }
});

test('a token of GSS-API alone is no message of Kerberos', () => {
  const token = kerberosToken(REALM, 'cifs', 'nas');
  expect(sessions(recordsOf(overUdp([['client', token]], { serverPort: 88 })))).toEqual([]);
});

test('a request that is sent again is one', () => {
  const request = asRequest([]);
  const steps: Parameters<typeof overUdp>[0] = [
    ['client', request],
    ['client', request],
    ['server', error(6)],
  ];
  expect(sessions(recordsOf(overUdp(steps, { serverPort: 88 })))).toMatchObject([
    { 'hinomi.session.error': 'KDC_ERR_C_PRINCIPAL_UNKNOWN' },
  ]);
});
