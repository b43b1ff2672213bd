import { bad, type Probe } from '../result.js';
import { talk, type Verdict } from './connect.js';

// RFC 1006 6 (TPKT), X.224 13.3 and 13.4, [MS-RDPBCGR] 2.2.1.1 and 2.2.1.2.
const TPKT_VERSION = 3;
const TPKT_BYTES = 4;
const CONNECTION_CONFIRM = 0xd0;
const CONFIRM_BYTES = 11;
const ANSWER_BYTES = 19;
const NEGOTIATION_RESPONSE = 2;
const NEGOTIATION_FAILURE = 3;
const PROTOCOLS: Readonly<Record<number, string>> = { 0: 'RDP', 1: 'TLS', 2: 'CredSSP', 8: 'CredSSP' };
/** A connection request with an offer of TLS and CredSSP. */
const REQUEST = Buffer.from('030000130ee000000000000100080003000000', 'hex');

/** Whether a remote desktop answers; nobody is logged in. */
export const probeRdp: Probe = async ({ rdp }, signal, { clock }) =>
  rdp === undefined ? bad('failed') : talk({ ...rdp, say: REQUEST, judge: judgeRdp }, signal, clock);

/** A connection confirm, with or without an answer to the offer. Its length field is not believed beyond what it may be. */
export function judgeRdp(received: Buffer): Verdict {
  if (received.length > 0 && received[0] !== TPKT_VERSION) return { reason: 'malformed' };
  if (received.length < TPKT_BYTES) return undefined;
  const length = received.readUInt16BE(2);
  if (length !== CONFIRM_BYTES && length !== ANSWER_BYTES) return { reason: 'malformed' };
  if (received.length < length) return undefined;
  if (received[5] !== CONNECTION_CONFIRM) return { reason: 'malformed' };
  if (length === CONFIRM_BYTES) return ok(0);
  // A refusal of what was offered is an answer of a remote desktop as well.
  if (received[11] === NEGOTIATION_FAILURE) return ok(0);
  return received[11] === NEGOTIATION_RESPONSE ? ok(received.readUInt32LE(15)) : { reason: 'malformed' };
}

const ok = (protocol: number): Verdict => ({
  reason: 'ok',
  facts: { 'hinomi.endpoint.protocol_version': PROTOCOLS[protocol] ?? 'RDP' },
});
