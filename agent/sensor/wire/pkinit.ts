import type { Bytes } from './bytes.js';
import { type DerElement, derChildren, readDer } from './der.js';

const SEQUENCE = 0x30;
const CONTEXT_0 = 0xa0;
/** [0] IMPLICIT OCTET STRING: the signed data inside of the messages of PKINIT. */
const SIGNED = 0x80;
const DEPTH_MAX = 4;

/**
 * The first certificate that a client or a KDC shows to log in by it: RFC 4556 3.2.1 and 3.2.3, RFC 5652 5.1.
 * @param value of PA-PK-AS-REQ or PA-PK-AS-REP
 */
export function pkinitCertificate(b: Bytes, value: DerElement): readonly [start: number, end: number] | undefined {
  let at: DerElement | undefined = readDer(b, value.start, value.end);
  for (let depth = 0; at !== undefined && at.tag !== SIGNED && depth < DEPTH_MAX; depth++) {
    at = at.tag === SEQUENCE || at.tag === CONTEXT_0 ? readDer(b, at.start, at.end) : undefined;
  }
  if (at?.tag !== SIGNED) return undefined;
  const content = readDer(b, at.start, at.end);
  const wrapped = content === undefined ? undefined : derChildren(b, content, 2)[1];
  const signed = wrapped?.tag === CONTEXT_0 ? readDer(b, wrapped.start, wrapped.end) : undefined;
  if (signed === undefined) return undefined;
  const certificates = derChildren(b, signed, 6).find(({ tag }) => tag === CONTEXT_0);
  const first = certificates === undefined ? undefined : readDer(b, certificates.start, certificates.end);
  return certificates === undefined || first?.tag !== SEQUENCE ? undefined : [certificates.start, first.end];
}
