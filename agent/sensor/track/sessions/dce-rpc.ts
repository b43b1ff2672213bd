import { u8 } from '../../wire/bytes.js';
import { RPC_HEADER_BYTES, readRpcHeader } from '../../wire/dcerpc.js';
import { Resync } from '../resync.js';
import { Rpc } from '../rpc.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

/** [MS-RPCH] 2.1.1: what a server says first when RPC is meant to pass a web proxy (version 1). */
const GREETING = Buffer.from('ncacn_http/1.0', 'latin1');

/** DCE-RPC over TCP, on whatever port the endpoint mapper gives away. */
export const DCE_RPC: Protocol = {
  name: 'dce_rpc',
  transport: 'tcp',
  datasets: ['session'],
  recognise: (b, start, end) => {
    if (isGreeting(b, start, end)) return Verdict.Yes;
    if (u8(b, start) !== 5 || (end - start > 1 && u8(b, start + 1) > 1)) return Verdict.No;
    if (end - start < RPC_HEADER_BYTES) return Verdict.More;
    return readRpcHeader(b, start) === undefined ? Verdict.No : Verdict.Yes;
  },
  open: (conversation) => new DceRpcSession(conversation),
};

class DceRpcSession implements Session {
  readonly #rpc: Rpc;
  readonly #resync = new Resync((b, start, end) => {
    return end - start >= RPC_HEADER_BYTES && readRpcHeader(b, start) !== undefined ? start : -1;
  });

  constructor(conversation: Conversation) {
    this.#rpc = new Rpc(conversation);
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (isGreeting(b, start, end)) return GREETING.length;
    const from = this.#resync.from(side, b, start, end);
    const used = from < 0 ? -1 : this.#rpc.onBytes(b, from, end, timeUs);
    return used < 0 ? DONE : from - start + used;
  }

  onGap(side: number): void {
    this.#resync.onGap(side);
  }

  onEnd(timeUs: number): void {
    this.#rpc.onEnd(timeUs);
  }
}

function isGreeting(b: Buffer, start: number, end: number): boolean {
  return (
    end - start >= GREETING.length && b.compare(GREETING, 0, GREETING.length, start, start + GREETING.length) === 0
  );
}
