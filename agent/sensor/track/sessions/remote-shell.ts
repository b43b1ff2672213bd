import { u8 } from '../../wire/bytes.js';
import type { ApplicationName } from '../application.js';
import { Facts } from '../facts.js';
import { Login } from '../login.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const FIELDS_BYTES_MAX = 512;
const TEXT_MAX = 2_048;
const SIDE_BYTES_MAX = 65_536;
const NAME = /^[\x21-\x7e]{1,64}$/;

/** rlogin (RFC 1282): who comes as whom, and a password if one is asked for. */
export const RLOGIN: Protocol = {
  ...protocolAt('rlogin', 513),
  recognise: (b, start, end, _fromPort, toPort) => {
    if (toPort !== 513 || u8(b, start) !== 0) return Verdict.No;
    const fields = fieldsOf(b, start + 1, end, 3);
    if (fields === undefined) return end - start < FIELDS_BYTES_MAX ? Verdict.More : Verdict.No;
    return NAME.test(fields[1]!) && /^[\w.+-]+\/\d+$/.test(fields[2]!) ? Verdict.Yes : Verdict.No;
  },
};

/** rsh (4.3BSD rshd(8)): a command as another user, because the host says so. */
export const RSH: Protocol = protocolAt('rsh', 514);

/** rexec (4.2BSD rexecd(8)): a command, with a password in clear text. */
export const REXEC: Protocol = protocolAt('rexec', 512);

function protocolAt(name: ApplicationName, port: number): Protocol {
  return {
    name,
    transport: 'tcp',
    datasets: ['session'],
    recognise: (b, start, end, _fromPort, toPort) => {
      if (toPort !== port) return Verdict.No;
      const fields = fieldsOf(b, start, end, 4);
      if (fields === undefined)
        return /^\d{0,5}(\0|$)/.test(b.toString('latin1', start, Math.min(end, start + 6))) ? Verdict.More : Verdict.No;
      return /^\d{0,5}$/.test(fields[0]!) && NAME.test(fields[1]!) ? Verdict.Yes : Verdict.No;
    },
    open: (conversation) => new RemoteShellSession(conversation, name),
  };
}

/** Texts that end with a zero. @returns undefined when there are fewer */
function fieldsOf(b: Buffer, start: number, end: number, count: number): string[] | undefined {
  const parts = b.toString('latin1', start, Math.min(end, start + FIELDS_BYTES_MAX)).split('\0');
  return parts.length > count ? parts.slice(0, count) : undefined;
}

class RemoteShellSession implements Session {
  readonly #facts: Facts;
  readonly #login: Login;
  readonly #name: ApplicationName;
  readonly #bytes = [0, 0];
  #hasBegun = false;

  constructor(conversation: Conversation, name: ApplicationName) {
    this.#facts = new Facts(conversation);
    this.#login = new Login(this.#facts);
    this.#name = name;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    this.#facts.at(timeUs);
    if (side === 0 && !this.#hasBegun) {
      this.#hasBegun = true;
      if (this.#name === 'rlogin') this.#onRlogin(fieldsOf(b, start + 1, end, 3));
      else this.#onCommand(fieldsOf(b, start, end, 4));
      return end - start;
    }
    if (this.#name !== 'rlogin') return side === 1 ? this.#onResult(b, start) : end - start;
    const text = b.toString('latin1', start, Math.min(end, start + TEXT_MAX));
    if (side === 0) this.#login.onTyped(text);
    else this.#login.onShown(text);
    this.#bytes[side]! += end - start;
    return this.#login.isOver || this.#bytes[side]! > SIDE_BYTES_MAX ? DONE : end - start;
  }

  /** As in Telnet. */
  onGap(): void {
    this.#login.forget();
  }

  onEnd(): void {
    this.#facts.tell();
  }

  #onRlogin(fields: readonly string[] | undefined): void {
    this.#facts.set('hinomi.session.client_user', fields?.[0]);
    this.#facts.set('user.name', fields?.[1]);
    this.#facts.set('hinomi.telnet.terminal_type', fields?.[2]?.split('/')[0]);
  }

  /** rsh: port, user here, user there, command. rexec: port, user, password, command. */
  #onCommand(fields: readonly string[] | undefined): void {
    const isRexec = this.#name === 'rexec';
    this.#facts.set('user.name', isRexec ? fields?.[1] : fields?.[2]);
    if (isRexec) {
      this.#facts.set('hinomi.session.cleartext_login', true);
      this.#facts.set('hinomi.session.auth_method', 'password');
    } else this.#facts.set('hinomi.session.client_user', fields?.[1]);
    // Arguments can hold what is nobody's business.
    this.#facts.set('hinomi.session.operation', fields?.[3]?.split(' ')[0]);
  }

  /** A zero, or a one and the reason in words. */
  #onResult(b: Buffer, start: number): number {
    this.#facts.set('hinomi.session.outcome', u8(b, start) === 0 ? 'success' : 'failure');
    return DONE;
  }
}
