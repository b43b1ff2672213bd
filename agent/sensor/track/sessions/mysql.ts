import { u8 } from '../../wire/bytes.js';
import { MYSQL_HEADER_BYTES, mysqlError, mysqlGreeting, mysqlLogin, mysqlPacket } from '../../wire/mysql.js';
import { textAt } from '../../wire/text.js';
import { Facts } from '../facts.js';
import { CHANGED, type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

const PACKET_BYTES_MAX = 16_384;
/** First bytes of an answer to a login. */
const OK = 0x00;
const MORE = 0x01;
const SWITCH = 0xfe;
/** Errors that are met at a login, by their numbers in the server's own list. */
const ERRORS: Readonly<Record<number, string>> = {
  1040: 'ER_CON_COUNT_ERROR',
  1044: 'ER_DBACCESS_DENIED_ERROR',
  1045: 'ER_ACCESS_DENIED_ERROR',
  1049: 'ER_BAD_DB_ERROR',
  1129: 'ER_HOST_IS_BLOCKED',
  1130: 'ER_HOST_NOT_PRIVILEGED',
  1158: 'ER_NET_READ_ERROR',
  1159: 'ER_NET_READ_INTERRUPTED',
  1698: 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR',
  3118: 'ER_ACCOUNT_HAS_BEEN_LOCKED',
  3159: 'ER_SECURE_TRANSPORT_REQUIRED',
};

/** MySQL and MariaDB: who logs in to which database. What is asked there is nobody's business. */
export const MYSQL: Protocol = {
  name: 'mysql',
  transport: 'tcp',
  datasets: ['session', 'tls'],
  recognise: (b, start, end) => {
    if (end - start < 10 || u8(b, start + 3) !== 0 || u8(b, start + MYSQL_HEADER_BYTES) !== 10) return Verdict.No;
    const packet = mysqlPacket(b, start, end);
    if (packet === undefined || packet.number !== 0 || packet.end - packet.start > 512) return Verdict.No;
    return mysqlGreeting(b, packet.start, Math.min(packet.end, end)) !== undefined ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new MysqlSession(conversation),
};

class MysqlSession implements Session {
  readonly #facts: Facts;
  /** Which side greeted. */
  #server: number | undefined;
  #hasLogin = false;
  #next: number | undefined;

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    this.#facts.at(timeUs);
    this.#server ??= side;
    let at = start;
    while (at < end) {
      const packet = mysqlPacket(b, at, end);
      if (packet === undefined) break;
      if (packet.end - at > PACKET_BYTES_MAX + MYSQL_HEADER_BYTES) return DONE;
      if (packet.end > end) break;
      if (side === this.#server) this.#onServer(b, packet.start, packet.end);
      else this.#onClient(b, packet.start, packet.end);
      if (this.#next !== undefined) return this.#next;
      at = packet.end;
    }
    return at - start;
  }

  onEnd(): void {
    this.#facts.tell();
  }

  #onClient(b: Buffer, start: number, end: number): void {
    if (this.#hasLogin) return;
    const login = mysqlLogin(b, start, end);
    if (login === undefined) {
      this.#next = DONE;
      return;
    }
    this.#hasLogin = !login.isTls;
    if (login.isTls) {
      this.#facts.add('hinomi.session.details', 'starttls=yes');
      this.#next = CHANGED;
    }
    this.#facts.set('user.name', login.user);
    this.#facts.set('hinomi.session.database', login.database);
    this.#onMethod(login.plugin);
  }

  #onMethod(plugin: string | undefined): void {
    this.#facts.set('hinomi.session.auth_method', plugin);
    if (plugin === 'mysql_clear_password') this.#facts.set('hinomi.session.cleartext_login', true);
  }

  #onServer(b: Buffer, start: number, end: number): void {
    const version = this.#hasLogin ? undefined : mysqlGreeting(b, start, end);
    if (version !== undefined) {
      const isMaria = /mariadb/i.test(version);
      this.#facts.first(
        'hinomi.session.server_software',
        `${isMaria ? 'MariaDB' : 'MySQL'} ${version.replace(/^5\.5\.5-(?=\d+\.\d+\.\d+-MariaDB)/, '')}`,
      );
      return;
    }
    const error = mysqlError(b, start, end);
    if (error !== undefined) {
      this.#facts.set('hinomi.session.outcome', 'failure');
      this.#facts.set('hinomi.session.error', ERRORS[error] ?? String(error));
      this.#next = DONE;
    } else if (this.#hasLogin && end > start) this.#onAnswer(u8(b, start), b, start, end);
  }

  #onAnswer(first: number, b: Buffer, start: number, end: number): void {
    if (first === SWITCH) {
      const zero = b.indexOf(0, start);
      this.#onMethod(textAt(b, start + 1, zero < 0 || zero > end ? end : zero));
    } else if (first === OK) {
      this.#facts.set('hinomi.session.outcome', 'success');
      this.#next = DONE;
    } else if (first !== MORE) this.#next = DONE;
  }
}
