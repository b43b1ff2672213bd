import { u8, u16 } from '../../wire/bytes.js';
import { Facts } from '../facts.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const PORT = 502;
/** MODBUS Messaging on TCP/IP 3.1.3: transaction, protocol 0, length, unit; then the function. */
const HEADER_BYTES = 7;
const LENGTH_MAX = 260;
const EXCEPTION = 0x80;
/** Machines are asked in the same words all day: some that are none do not end it. */
const FLAWS_MAX = 256;

/** MODBUS Application Protocol 1.1b3, 6 and 7. */
const FUNCTIONS: Readonly<Record<number, string>> = {
  1: 'read-coils',
  2: 'read-discrete-inputs',
  3: 'read-holding-registers',
  4: 'read-input-registers',
  5: 'write-single-coil',
  6: 'write-single-register',
  7: 'read-exception-status',
  8: 'diagnostics',
  11: 'get-comm-event-counter',
  12: 'get-comm-event-log',
  15: 'write-multiple-coils',
  16: 'write-multiple-registers',
  17: 'report-server-id',
  20: 'read-file-record',
  21: 'write-file-record',
  22: 'mask-write-register',
  23: 'read-write-multiple-registers',
  24: 'read-fifo-queue',
  43: 'encapsulated-interface-transport',
};
const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: 'illegal-function',
  2: 'illegal-data-address',
  3: 'illegal-data-value',
  4: 'server-device-failure',
  5: 'acknowledge',
  6: 'server-device-busy',
  8: 'memory-parity-error',
  10: 'gateway-path-unavailable',
  11: 'gateway-target-device-failed',
};

/** Modbus over TCP: what is asked of machines, and what they refuse. There is no login. */
export const MODBUS: Protocol = {
  name: 'modbus',
  transport: 'tcp',
  datasets: ['session'],
  recognise: (b, start, end, fromPort, toPort) => {
    if (fromPort !== PORT && toPort !== PORT) return Verdict.No;
    if (end - start < HEADER_BYTES + 1) return Verdict.More;
    return isMessage(b, start) ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new ModbusSession(conversation),
};

function isMessage(b: Buffer, at: number): boolean {
  const length = u16(b, at + 4);
  return u16(b, at + 2) === 0 && length >= 2 && length <= LENGTH_MAX;
}

class ModbusSession implements Session {
  readonly #facts: Facts;
  #flaws = 0;

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    this.#facts.tellNowAndThen(timeUs);
    this.#facts.at(timeUs);
    let at = start;
    while (end - at > HEADER_BYTES) {
      if (!isMessage(b, at)) {
        this.#flaws += 1;
        // What comes next may be one again.
        return this.#flaws > FLAWS_MAX ? DONE : end - start;
      }
      const next = at + 6 + u16(b, at + 4);
      this.#onMessage(side, u8(b, at + 6), u8(b, at + 7), next <= end && next - at > 8 ? u8(b, at + 8) : 0);
      at = next;
    }
    return at - start;
  }

  /** Messages begin where segments do. */
  onGap(): void {}

  onEnd(): void {
    this.#facts.tell();
  }

  #onMessage(side: number, unit: number, code: number, first: number): void {
    const facts = this.#facts;
    const isException = code >= EXCEPTION;
    const number = isException ? code - EXCEPTION : code;
    facts.add('hinomi.modbus.units', String(unit));
    facts.add('hinomi.modbus.functions', FUNCTIONS[number] ?? `function-${number}`);
    if (isException && first > 0) facts.add('hinomi.modbus.exceptions', EXCEPTIONS[first] ?? `exception-${first}`);
    else if (side === 1) facts.set('hinomi.session.outcome', 'success');
  }
}
