/** A small encoder of DNS messages for tests: it can also write what no resolver would. RFC 1035 4. */

export interface TestRecord {
  readonly name?: Buffer;
  readonly type: number;
  readonly class?: number;
  readonly ttl?: number;
  readonly data: Buffer;
}

export interface TestMessage {
  readonly id?: number;
  readonly flags?: number;
  readonly questions?: readonly { name: Buffer; type: number; class?: number }[];
  readonly answers?: readonly TestRecord[];
  readonly authority?: readonly TestRecord[];
  readonly additional?: readonly TestRecord[];
  /** In place of the true counts. */
  readonly counts?: readonly [number, number, number, number];
}

export const QR = 0x8000;

export function encode(message: TestMessage): Buffer {
  const { questions = [], answers = [], authority = [], additional = [] } = message;
  const counts = message.counts ?? [questions.length, answers.length, authority.length, additional.length];
  return Buffer.concat([
    words(message.id ?? 0x1234, message.flags ?? 0x0100, ...counts),
    ...questions.map((question) => Buffer.concat([question.name, words(question.type, question.class ?? 1)])),
    ...[...answers, ...authority, ...additional].map(encodeRecord),
  ]);
}

function encodeRecord(record: TestRecord): Buffer {
  const { name = pointer(12), type, class: dnsClass = 1, ttl = 300, data } = record;
  return Buffer.concat([name, words(type, dnsClass, ttl >>> 16, ttl & 0xffff, data.length), data]);
}

export function words(...values: number[]): Buffer {
  const b = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => {
    b.writeUInt16BE(value, index * 2);
  });
  return b;
}

/** `www.example.jp` without compression; the empty text is the root. */
export function name(text: string): Buffer {
  const labels = text === '' ? [] : text.split('.');
  return Buffer.concat([...labels.map((label) => string(label)), Buffer.of(0)]);
}

/** A label, or a string of TXT: its length in front. */
export function string(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

export const pointer = (to: number): Buffer => words(0xc000 | to);
export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
