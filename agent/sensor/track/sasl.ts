import { findNtlm } from '../wire/ntlm.js';

/** Messages of a client, at most. SCRAM has two, NTLM and GSSAPI three. */
const MESSAGES_MAX = 8;
const MESSAGE_CHARACTERS_MAX = 16_384;
const NAME_CHARACTERS_MAX = 256;
/** Those by which a secret itself passes, or a token that is as good. */
const CLEARTEXT = new Set(['plain', 'login', 'xoauth2', 'oauthbearer']);

/**
 * A SASL exchange in the lines of a text protocol (RFC 4422; SMTP RFC 4954, POP3 RFC 5034, IMAP RFC 9051): of what the
 * client sends the name is kept, and nothing else.
 */
export class Sasl {
  /** In lower case. */
  readonly method: string;
  user: string | undefined;
  domain: string | undefined;
  host: string | undefined;
  #messages = 0;

  /** @param initial what came with the command itself */
  constructor(method: string, initial?: string) {
    this.method = method.toLowerCase();
    if (initial !== undefined && initial !== '') this.onLine(initial);
  }

  get isCleartext(): boolean {
    return CLEARTEXT.has(this.method);
  }

  /** Whether the client's next line is its own; the server's last word ends it too. */
  get isOpen(): boolean {
    return this.#messages < (MESSAGES[this.method] ?? MESSAGES_MAX);
  }

  /** A line of the client. */
  onLine(line: string): void {
    const index = this.#messages++;
    // `=` is an empty message, `*` gives up.
    if (line === '*') this.#messages = MESSAGES_MAX;
    if (line === '=' || line === '*' || line.length > MESSAGE_CHARACTERS_MAX) return;
    const message = Buffer.from(line, 'base64');
    if (this.method === 'ntlm' || this.method.startsWith('gss')) this.#onNtlm(message);
    else if (this.user === undefined) this.user = userOf(this.method, message.toString('utf8'), index);
  }

  #onNtlm(message: Buffer): void {
    const ntlm = findNtlm(message, 0, message.length);
    if (ntlm?.kind !== 'authenticate') return;
    this.user = ntlm.user;
    this.domain = ntlm.domain;
    this.host = ntlm.host;
  }
}

/** Messages of the client where their number is fixed: its next line is a command, whoever was not heard. */
const MESSAGES: Readonly<Record<string, number>> = { plain: 1, login: 2, 'cram-md5': 1, xoauth2: 1 };

function userOf(method: string, message: string, index: number): string | undefined {
  const name = nameOf(method, message, index);
  return name === undefined || name === '' ? undefined : name.slice(0, NAME_CHARACTERS_MAX);
}

function nameOf(method: string, message: string, index: number): string | undefined {
  switch (method) {
    // authorization NUL name NUL password (RFC 4616).
    case 'plain':
      return message.split('\0')[1];
    case 'login':
      return index === 0 ? message : undefined;
    // name and digest (RFC 2195).
    case 'cram-md5':
      return message.slice(0, Math.max(0, message.lastIndexOf(' ')));
    case 'digest-md5':
      return /(?:^|,)\s*username="([^"]*)"/.exec(message)?.[1];
    case 'xoauth2':
      return /^user=(.*)$/s.exec(message.split('\x01')[0] ?? '')?.[1];
    default:
      // OAUTHBEARER and SCRAM begin as GS2 has it (RFC 5801): `n,a=name,`; SCRAM goes on with `n=name,` (RFC 5802).
      return (method.startsWith('scram-') ? /^[pny][^,]*,[^,]*,n=([^,]*)/ : /^n,a=([^,]*),/).exec(message)?.[1];
  }
}
