/** ITU-T X.690 8.1: elements of ASN.1, as Kerberos, SPNEGO and LDAP are made of. */

export function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), body]);
}

export const sequence = (...contents: readonly Buffer[]): Buffer => der(0x30, ...contents);
/** A context tag with one element inside. */
export const field = (number: number, ...contents: readonly Buffer[]): Buffer => der(0xa0 | number, ...contents);
export const octets = (bytes: Buffer | string): Buffer => der(4, Buffer.from(bytes as string));
export const enumerated = (value: number): Buffer => der(10, Buffer.of(value));
export const generalString = (text: string): Buffer => der(0x1b, Buffer.from(text));
export const identifier = (hex: string): Buffer => der(6, Buffer.from(hex, 'hex'));

export function integer(value: number): Buffer {
  const bytes = [];
  for (let rest = value; bytes.length === 0 || rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff);
  return der(2, Buffer.from(bytes[0]! >= 0x80 ? [0, ...bytes] : bytes));
}
