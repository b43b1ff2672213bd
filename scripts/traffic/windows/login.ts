/** Tokens by which somebody logs in: NTLM, Kerberos, and SPNEGO around them. What stands for a proof is filler. */
import { der, enumerated, field, generalString, identifier, integer, octets, sequence } from './der.js';

export const wide = (text: string): Buffer => Buffer.from(text, 'utf16le');
/** What stands in place of every proof and password: it must never be told. */
export const SECRET = 'secretproof';

const SPNEGO = '2b0601050502';
const KERBEROS = '2a864886f712010202';
const NTLM = '2b06010401823702020a';
const UNICODE_VERSION = 0x02000001;
/** [MS-NLMP] 2.2.2.10. */
const VERSION = Buffer.of(10, 0, 0x63, 0x45, 0, 0, 0, 15);

/** [MS-NLMP] 2.2.1.1. */
export function ntlmNegotiate(): Buffer {
  const b = Buffer.alloc(40);
  b.write('NTLMSSP\0', 'latin1');
  b.writeUInt32LE(1, 8);
  b.writeUInt32LE(UNICODE_VERSION, 12);
  VERSION.copy(b, 32);
  return b;
}

/** [MS-NLMP] 2.2.1.2. @param names by the number of their pair (2.2.2.1) */
export function ntlmChallenge(names: Readonly<Record<number, string>>): Buffer {
  const b = Buffer.alloc(56);
  b.write('NTLMSSP\0', 'latin1');
  b.writeUInt32LE(2, 8);
  b.writeUInt32LE(UNICODE_VERSION, 20);
  VERSION.copy(b, 48);
  const pairs = pairsOf(names);
  b.writeUInt16LE(pairs.length, 40);
  b.writeUInt32LE(b.length, 44);
  return Buffer.concat([b, pairs]);
}

function pairsOf(names: Readonly<Record<number, string>>): Buffer {
  const pairs = Object.entries(names).map(([id, name]) => {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(Number(id), 0);
    head.writeUInt16LE(wide(name).length, 2);
    return Buffer.concat([head, wide(name)]);
  });
  return Buffer.concat([...pairs, Buffer.alloc(4)]);
}

export interface NtlmUser {
  readonly domain: string;
  readonly user: string;
  readonly host: string;
  /** The service that the client believes to speak to. */
  readonly target?: string;
}

/** [MS-NLMP] 2.2.1.3. */
export function ntlmAuthenticate({ domain, user, host, target = '' }: NtlmUser): Buffer {
  const b = Buffer.alloc(72);
  b.write('NTLMSSP\0', 'latin1');
  b.writeUInt32LE(3, 8);
  b.writeUInt32LE(UNICODE_VERSION, 60);
  VERSION.copy(b, 64);
  const response = Buffer.concat([Buffer.alloc(44, SECRET), pairsOf({ 9: target })]);
  const parts = [wide(domain), wide(user), wide(host), response];
  let offset = b.length;
  [28, 36, 44, 20].forEach((at, index) => {
    b.writeUInt16LE(parts[index]!.length, at);
    b.writeUInt32LE(offset, at + 4);
    offset += parts[index]!.length;
  });
  return Buffer.concat([b, ...parts]);
}

/** RFC 4178 4.2.1: the first token, with what the client likes best. */
export function spnegoInit(token: Buffer, mechanism: 'kerberos' | 'ntlm'): Buffer {
  const list = mechanism === 'kerberos' ? [KERBEROS, NTLM] : [NTLM];
  const init = sequence(field(0, sequence(...list.map(identifier))), field(2, octets(token)));
  return der(0x60, identifier(SPNEGO), field(0, init));
}

/** RFC 4178 4.2.2. @param state 0 accepted, 1 goes on, 2 rejected */
export function spnegoResponse(token: Buffer | undefined, state: number): Buffer {
  const parts = [field(0, enumerated(state)), ...(token === undefined ? [] : [field(2, octets(token))])];
  return der(0xa1, sequence(...parts));
}

export const kerberosName = (...parts: readonly string[]): Buffer =>
  sequence(field(0, integer(2)), field(1, sequence(...parts.map(generalString))));
const sealed = sequence(field(0, integer(18)), field(2, octets(SECRET.repeat(10))));

/** RFC 4120 5.3. */
export function kerberosTicket(realm: string, ...service: readonly string[]): Buffer {
  const body = [
    field(0, integer(5)),
    field(1, generalString(realm)),
    field(2, kerberosName(...service)),
    field(3, sealed),
  ];
  return der(0x61, sequence(...body));
}

/** RFC 4121 4.1 and RFC 4120 5.5.1: a ticket is shown. */
export function kerberosToken(realm: string, ...service: readonly string[]): Buffer {
  const options = field(2, der(3, Buffer.alloc(5)));
  const request = der(
    0x6e,
    sequence(
      field(0, integer(5)),
      field(1, integer(14)),
      options,
      field(3, kerberosTicket(realm, ...service)),
      field(4, sealed),
    ),
  );
  return der(0x60, identifier(KERBEROS), Buffer.of(1, 0), request);
}
