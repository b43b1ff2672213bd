import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode, hex, name, pointer, QR, string, type TestMessage, words } from '../testing/dns-message.js';
import { type DnsFlavour, type DnsMessage, decodeDns, looksLikeDns } from './dns.js';
import { DNS_FLAW_COUNT, DnsFlaw, dnsFlawName } from './dns-flaws.js';
import { dnsClassName, dnsOpcodeName, dnsRcodeName, dnsTypeName } from './dns-types.js';

const EXAMPLE = { name: name('example.jp'), type: 1 };

function decode(message: TestMessage | Buffer, flavour: DnsFlavour = 'dns'): DnsMessage {
  const bytes = Buffer.isBuffer(message) ? message : encode(message);
  const decoded = decodeDns(bytes, 0, bytes.length, flavour);
  if (decoded === undefined) throw new Error('not even a header');
  return decoded;
}

/** The text of one answer's data. */
function dataOf(type: number, data: Buffer, flavour: DnsFlavour = 'dns'): string | undefined {
  const message = decode({ flags: QR, questions: [{ ...EXAMPLE, type }], answers: [{ type, data }] }, flavour);
  return message.answers[0]?.data;
}

test('a query has its question and the flags by name', () => {
  const message = decode({ id: 7, flags: 0x0110, questions: [{ name: name('wWw.Example.jp'), type: 28 }] });
  expect(message).toMatchObject({ id: 7, isResponse: false, opcode: 0, flags: ['RD', 'CD'], flaw: DnsFlaw.None });
  expect(message.questions).toEqual([{ name: 'wWw.Example.jp', type: 'AAAA', class: 'IN' }]);
});

test('a message is read where it stands in its buffer, pointers counted from its own start', () => {
  const bytes = encode({ flags: QR, questions: [EXAMPLE], answers: [{ type: 5, data: pointer(12) }] });
  const shifted = Buffer.concat([Buffer.alloc(40, 0xff), bytes, Buffer.alloc(40, 0xff)]);
  const message = decodeDns(shifted, 40, 40 + bytes.length, 'dns');
  expect(message?.answers).toEqual([{ name: 'example.jp', type: 'CNAME', class: 'IN', ttl: 300, data: 'example.jp.' }]);
});

test('only the answer section gives answers and addresses', () => {
  const address = { type: 1, data: hex('c0000201') };
  const message = decode({
    flags: QR,
    questions: [EXAMPLE],
    answers: [address],
    authority: [address],
    additional: [address],
  });
  expect(message.answers).toHaveLength(1);
  expect(message.addresses).toEqual(['192.0.2.1']);
});

test('EDNS extends the response code and tells DO', () => {
  const edns = { name: name(''), type: 41, class: 1232, ttl: 0x0100_8000, data: Buffer.alloc(0) };
  const message = decode({ flags: QR, questions: [EXAMPLE], additional: [edns] });
  expect(dnsRcodeName(message.rcode)).toBe('BADVERS');
  expect(message.flags).toContain('DO');
});

test.each([
  ['A', 1, hex('c0000201'), '192.0.2.1'],
  ['NS', 2, name('ns1.example.jp'), 'ns1.example.jp.'],
  ['a name behind a pointer', 5, Buffer.concat([string('www'), pointer(12)]), 'www.example.jp.'],
  [
    'SOA',
    6,
    Buffer.concat([
      name('ns.example.jp'),
      name('root.example.jp'),
      hex('00000001 00000e10 00000384 00093a80 0000012c'),
    ]),
    'ns.example.jp. root.example.jp. 1 3600 900 604800 300',
  ],
  ['HINFO', 13, Buffer.concat([string('PC"1'), string('a\\b')]), '"PC\\"1" "a\\\\b"'],
  ['MX', 15, Buffer.concat([words(10), name('mail.example')]), '10 mail.example.'],
  ['MX to the root', 15, Buffer.concat([words(0), name('')]), '0 .'],
  ['TXT strings unquoted and joined', 16, Buffer.concat([string('v=spf1 '), string('-all')]), 'v=spf1 -all'],
  ['TXT with other bytes', 16, string(hex('61 00 e3')), 'a\\000\\227'],
  ['AAAA', 28, hex('20010db8000000000000000000000001'), '2001:db8::1'],
  ['LOC', 29, hex('00121516 87a87ad0 9df97e10 0098a620'), '35 41 22.000 N 139 41 30.000 E 40.00m 1m 1000m 10000m'],
  ['SRV', 33, Buffer.concat([words(0, 5, 5060), name('sip.example.jp')]), '0 5 5060 sip.example.jp.'],
  [
    'NAPTR',
    35,
    Buffer.concat([words(100, 10), string('u'), string('E2U+sip'), string('!^.*$!sip:\\1@a!'), name('')]),
    '100 10 "u" "E2U+sip" "!^.*$!sip:\\\\1@a!" .',
  ],
  ['DS', 43, hex('d431 0d 02 aabbcc'), '54321 13 2 AABBCC'],
  ['SSHFP', 44, hex('04 02 0a0b0c'), '4 2 0A0B0C'],
  [
    'RRSIG',
    46,
    Buffer.concat([hex('0001 0d 02 00000e10 67957480 676df180 3039'), name('example.jp'), hex('000102')]),
    'A 13 2 3600 20250125233216 20241227001456 12345 example.jp. AAEC',
  ],
  ['NSEC', 47, Buffer.concat([name('b.example.jp'), hex('00 06 400000000003')]), 'b.example.jp. A RRSIG NSEC'],
  ['DNSKEY', 48, hex('0101 03 0d 000102'), '257 3 13 AAEC'],
  ['NSEC3', 50, hex('01 00 000a 02 abcd 05 0000000000 00 01 40'), '1 0 10 ABCD 00000000 A'],
  ['NSEC3 without salt', 50, hex('01 01 0000 00 05 ffffffffff 00 01 40'), '1 1 0 - VVVVVVVV A'],
  ['TLSA', 52, hex('03 01 01 0a0b'), '3 1 1 0A0B'],
  [
    'HTTPS',
    65,
    Buffer.concat([
      words(1),
      name(''),
      hex('0001 0006 02 6832 02 6833'),
      hex('0003 0002 20fb'),
      hex('0004 0004 c0000201'),
    ]),
    '1 . alpn="h2,h3" port=8443 ipv4hint=192.0.2.1',
  ],
  ['HTTPS as an alias', 65, Buffer.concat([words(0), name('a.example')]), '0 a.example.'],
  ['CAA', 257, Buffer.concat([hex('80'), string('issue'), Buffer.from('ca.example')]), '128 issue "ca.example"'],
  ['EUI48', 108, hex('00005e005301'), '00-00-5e-00-53-01'],
  ['EUI64', 109, hex('00005e005301aabb'), '00-00-5e-00-53-01-aa-bb'],
  ['a type that nobody knows', 65_280, hex('0aff'), '\\# 2 0AFF'],
  ['nothing of a type that nobody knows', 65_280, hex(''), '\\# 0'],
])('data of %s are as dig prints them', (_what, type, data, text) => {
  expect(dataOf(type, data)).toBe(text);
});

test('numbers without a name keep their number', () => {
  expect([dnsTypeName(65_280), dnsClassName(77), dnsOpcodeName(9), dnsRcodeName(3841)]).toEqual([
    'TYPE65280',
    'CLASS77',
    'OPCODE9',
    'RCODE3841',
  ]);
});

test.each([
  ['an address that is too short', 1, hex('c00002'), DnsFlaw.BadData],
  ['a mail exchanger whose name leaves its record', 15, hex('000a 3f61'), DnsFlaw.BadData],
  ['a text string longer than its record', 16, hex('ff 61'), DnsFlaw.BadData],
])('%s leaves the record without data', (_what, type, data, flaw) => {
  const message = decode({
    flags: QR,
    questions: [EXAMPLE],
    answers: [
      { type, data },
      { type: 1, data: hex('c0000201') },
    ],
  });
  expect(message.flaw).toBe(flaw);
  expect(message.answers[0]).not.toHaveProperty('data');
  expect(message.addresses).toEqual(['192.0.2.1']);
});

test('a record of an UPDATE may be without data', () => {
  const message = decode({
    flags: 5 << 11,
    questions: [{ ...EXAMPLE, type: 6 }],
    answers: [{ type: 1, class: 255, data: hex('') }],
  });
  expect([dnsOpcodeName(message.opcode), message.flaw]).toEqual(['UPDATE', DnsFlaw.None]);
});

describe('names', () => {
  const question = (bytes: Buffer): DnsMessage => decode({ questions: [{ name: bytes, type: 1 }] });

  test('the root is empty', () => {
    expect(question(name('')).questions[0]?.name).toBe('');
  });

  test('dots and backslashes inside of a label, and bytes that cannot be printed, are escaped', () => {
    const bytes = Buffer.concat([string('a.b\\c'), string(hex('00 20 ff')), Buffer.of(0)]);
    expect(question(bytes).questions[0]?.name).toBe('a\\.b\\\\c.\\000\\032\\255');
  });

  const labels = (...lengths: number[]): Buffer =>
    Buffer.concat([...lengths.map((length) => string('x'.repeat(length))), Buffer.of(0)]);
  test('a name of 255 bytes is read, one more is not', () => {
    expect(labels(63, 63, 63, 61)).toHaveLength(255);
    expect(question(labels(63, 63, 63, 61)).flaw).toBe(DnsFlaw.None);
    expect(question(labels(63, 63, 63, 62)).flaw).toBe(DnsFlaw.NameTooLong);
  });

  test.each([
    ['to itself', pointer(12), DnsFlaw.ForwardPointer],
    ['forwards', pointer(14), DnsFlaw.ForwardPointer],
    ['back to its own label, round and round', Buffer.concat([string('a'), pointer(12)]), DnsFlaw.ForwardPointer],
    ['as a label of a kind that does not exist', Buffer.of(0x80, 0), DnsFlaw.BadLabel],
  ])('a pointer %s is refused', (_what, bytes, flaw) => {
    expect(question(bytes).flaw).toBe(flaw);
  });

  test('many pointers one behind the other are refused', () => {
    const chain = (count: number): DnsMessage => {
      // Each pointer shows the one before it; the first of them the name at 12.
      const pointers = Array.from({ length: count }, (_, i) => pointer(i === 0 ? 12 : 28 + (i - 1) * 2));
      const before = encode({ flags: QR, questions: [EXAMPLE], counts: [1, 2, 0, 0] });
      const hidden = Buffer.concat([pointer(12), words(65_280, 1, 0, 0, count * 2), ...pointers]);
      const start = before.length + 12;
      pointers.forEach((_, i) => {
        hidden.writeUInt16BE(0xc000 | (i === 0 ? 12 : start + (i - 1) * 2), 12 + i * 2);
      });
      const last = Buffer.concat([pointer(start + (count - 1) * 2), words(1, 1, 0, 0, 4), hex('c0000201')]);
      return decode(Buffer.concat([before, hidden, last]));
    };
    expect(chain(8).addresses).toEqual(['192.0.2.1']);
    expect(chain(40).flaw).toBe(DnsFlaw.TooManyPointers);
  });
});

test('counts that lie leave what is there', () => {
  const message = decode({
    flags: QR,
    questions: [EXAMPLE],
    answers: [{ type: 1, data: hex('c0000201') }],
    counts: [1, 65_535, 65_535, 65_535],
  });
  expect(message.addresses).toEqual(['192.0.2.1']);
  expect(message.flaw).toBe(DnsFlaw.Truncated);
});

test('more than 256 records of a section are not read', () => {
  const answers = Array.from({ length: 300 }, () => ({ type: 1, data: hex('c0000201') }));
  const message = decode({ flags: QR, questions: [EXAMPLE], answers });
  expect([message.answers.length, message.addresses.length, message.flaw]).toEqual([256, 256, DnsFlaw.TooManyRecords]);
});

test('a small message does not become a large record', () => {
  const long = Buffer.concat([
    ...Array.from({ length: 3 }, () => string(Buffer.alloc(63, 1))),
    string('x'),
    Buffer.of(0),
  ]);
  const answers = Array.from({ length: 256 }, () => ({ type: 5, data: pointer(12) }));
  const message = decode({ flags: QR, questions: [{ name: long, type: 5 }], answers });
  expect(message.flaw).toBe(DnsFlaw.TooMuchText);
  expect(JSON.stringify(message.answers).length).toBeLessThan(200_000);
});

const FULL = encode({
  flags: QR | 0x0180,
  questions: [{ name: name('example.jp'), type: 255 }],
  answers: [
    { type: 1, data: hex('c0000201') },
    { type: 15, data: Buffer.concat([words(10), string('mail'), pointer(12)]) },
    { type: 16, data: string('text') },
    {
      type: 46,
      data: Buffer.concat([hex('0001 0d 02 00000e10 67957480 676df180 3039'), name('example.jp'), hex('0001')]),
    },
    { type: 65, data: Buffer.concat([words(1), name(''), hex('0001 0003 02 6832')]) },
  ],
  additional: [{ name: name(''), type: 41, class: 1232, ttl: 0x8000, data: Buffer.alloc(0) }],
});

test('every prefix of a message is refused or kept in part, and says why', () => {
  expect(decode(FULL).flaw).toBe(DnsFlaw.None);
  for (let end = 0; end < FULL.length; end++) {
    const message = decodeDns(FULL, 0, end, 'dns');
    if (end < 12) expect(message).toBeUndefined();
    else expect(message?.flaw).toBe(DnsFlaw.Truncated);
  }
});

test('a message with lying bytes never throws nor reads past its end', () => {
  const flavour = fc.constantFrom<DnsFlavour>('dns', 'mdns', 'llmnr', 'nbns');
  const lies = fc.array(fc.tuple(fc.nat(FULL.length - 1), fc.nat(255)), { maxLength: 12 });
  fc.assert(
    fc.property(flavour, lies, fc.nat(FULL.length), (kind, changes, cut) => {
      const bytes = Buffer.concat([FULL, Buffer.alloc(64, 0xc0)]);
      for (const [at, value] of changes) bytes[at] = value;
      const end = FULL.length - cut;
      const message = decodeDns(bytes, 0, end, kind);
      const alone = decodeDns(Buffer.from(bytes.subarray(0, end)), 0, end, kind);
      expect(message).toEqual(alone);
      expect(message?.answers.length ?? 0).toBeLessThanOrEqual(256);
    }),
    { numRuns: 2_000 },
  );
});

test('what an encoder wrote is what is read', () => {
  const label = fc.stringMatching(/^[a-z0-9_-]{1,20}$/);
  const domain = fc.array(label, { minLength: 1, maxLength: 6 }).map((labels) => labels.join('.'));
  const answer = fc.record({ owner: domain, target: domain, ttl: fc.nat(2 ** 31 - 1), preference: fc.nat(65_535) });
  fc.assert(
    fc.property(fc.nat(65_535), domain, fc.array(answer, { maxLength: 20 }), (id, asked, list) => {
      const message = decode({
        id,
        flags: QR,
        questions: [{ name: name(asked), type: 15 }],
        answers: list.map(({ owner, target, ttl, preference }) => ({
          name: name(owner),
          type: 15,
          ttl,
          data: Buffer.concat([words(preference), name(target)]),
        })),
      });
      expect(message).toMatchObject({ id, questions: [{ name: asked, type: 'MX', class: 'IN' }], flaw: DnsFlaw.None });
      expect(message.answers).toEqual(
        list.map(({ owner, target, ttl, preference }) => ({
          name: owner,
          type: 'MX',
          class: 'IN',
          ttl,
          data: `${preference} ${target}.`,
        })),
      );
    }),
  );
});

describe('relatives of DNS', () => {
  test('mDNS uses the top bit of the class for itself', () => {
    const message = decode(
      {
        flags: QR,
        questions: [{ ...EXAMPLE, class: 0x8001 }],
        answers: [{ type: 1, class: 0x8001, data: hex('c0000201') }],
      },
      'mdns',
    );
    expect([message.questions[0]?.class, message.answers[0]?.class]).toEqual(['IN', 'IN']);
  });

  test('the conflict bit of LLMNR is not AA', () => {
    expect(decode({ flags: QR | 0x0400, questions: [EXAMPLE] }, 'llmnr').flags).toEqual([]);
  });

  const netbios = (text: string, suffix: number): Buffer => {
    const bytes = [...Buffer.from(text.padEnd(15)), suffix];
    const letters = bytes.flatMap((byte) => [65 + (byte >> 4), 65 + (byte & 15)]);
    return Buffer.concat([string(Buffer.from(letters)), Buffer.of(0)]);
  };

  test('a NetBIOS name is decoded, and its types have their own names', () => {
    const asked = { name: netbios('OFFICE-PC', 0x20), type: 32 };
    const message = decode(
      { flags: QR, questions: [asked], answers: [{ type: 32, data: hex('6000 c0a80005 0000 c0a80006') }] },
      'nbns',
    );
    expect(message.questions[0]).toEqual({ name: 'OFFICE-PC', type: 'NB', class: 'IN' });
    expect(message.addresses).toEqual(['192.168.0.5', '192.168.0.6']);
  });

  test('a node tells its names with their suffixes', () => {
    const entry = (text: string, suffix: number): Buffer =>
      Buffer.concat([Buffer.from(text.padEnd(15)), Buffer.of(suffix, 4, 0)]);
    const data = Buffer.concat([Buffer.of(2), entry('OFFICE-PC', 0x20), entry('KAISHA', 0), Buffer.alloc(46)]);
    expect(dataOf(33, data, 'nbns')).toBe('OFFICE-PC<20>, KAISHA<00>');
    expect(dataOf(33, data.subarray(0, 20), 'nbns')).toBeUndefined();
  });
});

describe('on an odd port', () => {
  const looks = (bytes: Buffer): boolean => looksLikeDns(bytes, 0, bytes.length);

  test('a query and a response look like DNS', () => {
    expect(looks(encode({ questions: [EXAMPLE] }))).toBe(true);
    expect(looks(FULL)).toBe(true);
  });

  test.each([
    ['a message cut off', FULL.subarray(0, 20)],
    ['two questions', encode({ questions: [EXAMPLE, EXAMPLE] })],
    ['a query with answers', encode({ questions: [EXAMPLE], answers: [{ type: 1, data: hex('c0000201') }] })],
    ['a class that does not exist', encode({ questions: [{ ...EXAMPLE, class: 9 }] })],
    ['an opcode that does not exist', encode({ flags: 9 << 11, questions: [EXAMPLE] })],
    ['zeros', Buffer.alloc(64)],
  ])('%s does not', (_what, bytes) => {
    expect(looks(bytes)).toBe(false);
  });

  test('random bytes do not', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 12, maxLength: 200 }), (bytes) => !looks(Buffer.from(bytes))));
  });
});

test('every flaw has a name of its own', () => {
  const names = Array.from({ length: DNS_FLAW_COUNT }, (_, flaw) => dnsFlawName(flaw));
  expect(new Set(names).size).toBe(DNS_FLAW_COUNT);
  expect(dnsFlawName(DnsFlaw.ForwardPointer)).toBe('dns_forward_pointer');
});
