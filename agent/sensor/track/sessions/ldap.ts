import { u8, u32 } from '../../wire/bytes.js';
import {
  LDAP_HEAD_BYTES,
  Ldap,
  type LdapHead,
  readLdapBind,
  readLdapExtension,
  readLdapHead,
  readLdapResult,
  readLdapSearch,
  readLdapTarget,
  readLdapValue,
} from '../../wire/ldap.js';
import { ldapExtensionName } from '../../wire/ldap-results.js';
import { isLdapWrap, ldapWrapped, WRAP_LENGTH_BYTES } from '../../wire/ldap-wrap.js';
import { readNetlogonServer } from '../../wire/netlogon.js';
import { LdapPeriod } from '../ldap-period.js';
import { Resync } from '../resync.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

/** A message that is read has to be there whole; of a larger one the head is enough. */
const READ_BYTES_MAX = 2 ** 16;
const MESSAGE_BYTES_MAX = 2 ** 26;
const PORTS: ReadonlySet<number> = new Set([389, 3_268]);
const STARTTLS = 'starttls';

/** What asks for a change of an entry. */
const CHANGES: Readonly<Record<number, string>> = {
  [Ldap.ModifyRequest]: 'modify',
  [Ldap.AddRequest]: 'add',
  [Ldap.DeleteRequest]: 'delete',
  [Ldap.RenameRequest]: 'rename',
};
const ANSWERS: Readonly<Record<number, string>> = {
  [Ldap.SearchDone]: 'search',
  [Ldap.ModifyResponse]: 'modify',
  [Ldap.AddResponse]: 'add',
  [Ldap.DeleteResponse]: 'delete',
  [Ldap.RenameResponse]: 'rename',
  [Ldap.CompareResponse]: 'compare',
};

/** LDAP over TCP: who logs in and how, what is looked for and changed. RFC 4511. */
export const LDAP: Protocol = {
  name: 'ldap',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end, fromPort, toPort) => {
    const isPort = PORTS.has(fromPort) || PORTS.has(toPort);
    if (u8(b, start) === 0 && isPort) return isLdapWrap(b, start, end) ? Verdict.Yes : Verdict.No;
    if (u8(b, start) !== 0x30) return Verdict.No;
    if (readLdapHead(b, start, end) !== undefined) return Verdict.Yes;
    return end - start < LDAP_HEAD_BYTES ? Verdict.More : Verdict.No;
  },
  open: (conversation) => new LdapSession(conversation, true),
};

/** LDAP over UDP, by which domain controllers are found. [MS-ADTS] 6.3.3. */
export const CLDAP: Protocol = {
  name: 'ldap',
  transport: 'udp',
  datasets: ['session'],
  recognise: (b, start, end) => (isWhole(b, start, end) ? Verdict.Yes : Verdict.No),
  open: (conversation) => new LdapSession(conversation, false),
};

class LdapSession implements Session {
  readonly #conversation: Conversation;
  readonly #isStream: boolean;
  #period: LdapPeriod | undefined;
  #tlsAsked: number | undefined;
  #isChanged = false;
  readonly #resync = new Resync((b, start, end) => {
    return readLdapHead(b, start, end) !== undefined || isLdapWrap(b, start, end) ? start : -1;
  });

  constructor(conversation: Conversation, isStream: boolean) {
    this.#conversation = conversation;
    this.#isStream = isStream;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (!this.#isStream) {
      this.#readAll(b, start, end, timeUs);
      return 0;
    }
    let at = this.#resync.from(side, b, start, end);
    if (at < 0) return DONE;
    while (at < end && !this.#isChanged) {
      const next = u8(b, at) === 0x30 ? this.#readMessage(b, at, end, timeUs) : this.#readWrap(b, at, end, timeUs);
      if (next < 0) return DONE;
      if (next === at) break;
      at = next;
    }
    return this.#isChanged ? CHANGED : at - start;
  }

  onGap(side: number): void {
    this.#resync.onGap(side);
  }

  onEnd(timeUs: number): void {
    this.#period?.tell(timeUs);
  }

  /** @returns where to go on; `at` itself when more is needed; -1 when this is no LDAP */
  #readMessage(b: Buffer, at: number, end: number, timeUs: number): number {
    const head = readLdapHead(b, at, end);
    if (head === undefined) return end - at < LDAP_HEAD_BYTES ? at : -1;
    if (head.end - at > MESSAGE_BYTES_MAX) return -1;
    const isHeadEnough = head.operation === Ldap.SearchEntry || head.operation === Ldap.SearchReference;
    if (!isHeadEnough && head.end - at <= READ_BYTES_MAX && head.end > end) return at;
    this.#onMessage(head, b, Math.min(head.end, end), timeUs);
    return head.end;
  }

  /** What a security layer wraps: sealed it is passed over, signed it is read. */
  #readWrap(b: Buffer, at: number, end: number, timeUs: number): number {
    if (end - at < WRAP_LENGTH_BYTES) return at;
    const next = at + WRAP_LENGTH_BYTES + u32(b, at);
    if (next - at > MESSAGE_BYTES_MAX) return -1;
    if (next - at > READ_BYTES_MAX) return next;
    if (next > end) return at;
    const message = ldapWrapped(b, at + WRAP_LENGTH_BYTES, next);
    if (message !== undefined) this.#readAll(b, message, next, timeUs);
    return next;
  }

  #readAll(b: Buffer, start: number, end: number, timeUs: number): void {
    for (let at = start; at < end; ) {
      const head = readLdapHead(b, at, end);
      if (head === undefined) return;
      this.#onMessage(head, b, Math.min(head.end, end), timeUs);
      at = head.end;
    }
  }

  #onMessage(head: LdapHead, b: Buffer, end: number, timeUs: number): void {
    const period = this.#periodAt(timeUs);
    const change = CHANGES[head.operation];
    if (change !== undefined) {
      period.onChange(change, readLdapTarget(b, head.at, end));
      return;
    }
    switch (head.operation) {
      case Ldap.BindRequest:
        this.#onBind(head, b, end, timeUs);
        return;
      case Ldap.SearchRequest: {
        const search = readLdapSearch(b, head.at, end);
        if (search !== undefined) period.onSearch(search);
        return;
      }
      case Ldap.SearchEntry: {
        period.onEntry();
        const value = this.#isStream ? undefined : readLdapValue(b, head.at, end, 'netlogon');
        const server = value === undefined ? undefined : readNetlogonServer(b, value[0], value[1]);
        if (server !== undefined) period.onServer(server);
        return;
      }
      case Ldap.CompareRequest:
        period.onOperation('compare');
        return;
      case Ldap.ExtendedRequest:
        this.#onExtension(head, b, end, period);
        return;
      case Ldap.Unbind:
        period.onOperation('unbind');
        return;
      default:
        this.#onAnswer(head, b, end, timeUs, period);
    }
  }

  #onBind(head: LdapHead, b: Buffer, end: number, timeUs: number): void {
    const bind = readLdapBind(b, head.at, end);
    if (bind === undefined) return;
    if (this.#period?.isOver === true) {
      this.#period.tell(timeUs);
      this.#period = undefined;
    }
    this.#periodAt(timeUs).onBind(bind, b, timeUs);
  }

  #onExtension(head: LdapHead, b: Buffer, end: number, period: LdapPeriod): void {
    const name = ldapExtensionName(readLdapExtension(b, head.at, end));
    if (name === STARTTLS) this.#tlsAsked = head.id;
    period.onOperation(name);
  }

  #onAnswer(head: LdapHead, b: Buffer, end: number, timeUs: number, period: LdapPeriod): void {
    const result = readLdapResult(b, head.at, end);
    if (result === undefined) return;
    if (head.operation === Ldap.BindResponse) period.onBindResult(result, b, timeUs);
    else if (head.operation === Ldap.ExtendedResponse) {
      period.onResult('extended', result);
      if (head.id === this.#tlsAsked && result.code === 0) this.#isChanged = this.#isStream;
    } else {
      const operation = ANSWERS[head.operation];
      if (operation !== undefined) period.onResult(operation, result);
    }
  }

  #periodAt(timeUs: number): LdapPeriod {
    if (this.#period?.isDue(timeUs) === true) this.#period.tell(timeUs);
    this.#period ??= new LdapPeriod(this.#conversation, timeUs);
    return this.#period;
  }
}

function isWhole(b: Buffer, start: number, end: number): boolean {
  const head = end - start < 8 || u8(b, start) !== 0x30 ? undefined : readLdapHead(b, start, end);
  return head !== undefined && head.end <= end;
}
