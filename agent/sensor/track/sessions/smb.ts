import { u8, u16, u32 } from '../../wire/bytes.js';
import { findNtlm } from '../../wire/ntlm.js';
import {
  ntStatusName,
  readSmb2Header,
  SMB2_HEADER_BYTES,
  Smb2,
  type Smb2Header,
  smb2Dialect,
  smb2FileName,
  smb2Path,
  smb2Token,
} from '../../wire/smb2.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

// [MS-SMB2] 2.1: a zero and three bytes of length in front of each message.
const FRAME_BYTES = 4;
const SMB1 = 0xff534d42;
const SMB2 = 0xfe534d42;
const ENCRYPTED = 0xfd534d42;
const COMPRESSED = 0xfc534d42;
/** A message that is read has to be there whole; of a larger one the head is enough. */
const READ_BYTES_MAX = 2 ** 16;
const WAITING_MAX = 256;
const TREES_MAX = 256;
const FILES_MAX = 128;
const SMB1_HEADER_BYTES = 32;
const SMB1_SESSION_SETUP = 0x73;
const MORE_PROCESSING = 0xc0000016;

const isSmb = (word: number): boolean => word === SMB1 || word === SMB2 || word === ENCRYPTED || word === COMPRESSED;

/** SMB over TCP: who logs in; of 2 and 3 also which shares and files. What is in them is passed over. */
export const SMB: Protocol = {
  name: 'smb',
  transport: 'tcp',
  datasets: ['session'],
  recognise: (b, start, end) => {
    if (u8(b, start) !== 0) return Verdict.No;
    if (end - start < FRAME_BYTES + 4) return Verdict.More;
    return isSmb(u32(b, start + FRAME_BYTES)) ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new SmbSession(conversation),
};

interface Tree {
  readonly share: string;
  readonly startUs: number;
  readonly files: Set<string>;
}

class SmbSession implements Session {
  readonly #conversation: Conversation;
  readonly #trees = new Map<number, Tree>();
  /** Shares asked for, by the message that asks. */
  readonly #asked = new Map<number, string>();
  readonly #login: Record<string, unknown> = {};
  #dialect: string | undefined;
  #startUs = 0;
  #isEncrypted = false;
  #hasLogin = false;
  #isLoginTold = false;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  onBytes(_side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#startUs === 0) this.#startUs = timeUs;
    let at = start;
    while (end - at >= FRAME_BYTES + 4) {
      const size = (u8(b, at + 1) << 16) | u16(b, at + 2);
      const messageEnd = at + FRAME_BYTES + size;
      const kind = u32(b, at + FRAME_BYTES);
      if (u8(b, at) !== 0 || !isSmb(kind)) return DONE;
      if (kind === ENCRYPTED) this.#isEncrypted = true;
      const isRead = kind === SMB2 && size >= SMB2_HEADER_BYTES && size <= READ_BYTES_MAX;
      if (isRead && end - at < FRAME_BYTES + SMB2_HEADER_BYTES) break;
      if (isRead && isWanted(b.readUInt16LE(at + FRAME_BYTES + 12))) {
        if (messageEnd > end) break;
        this.#onMessages(b, at + FRAME_BYTES, messageEnd, timeUs);
      }
      if (kind === SMB1 && size >= SMB1_HEADER_BYTES && size <= READ_BYTES_MAX) {
        if (messageEnd > end) break;
        this.#onOldMessage(b, at + FRAME_BYTES, messageEnd);
      }
      at = messageEnd;
    }
    return at - start;
  }

  onEnd(): void {
    if (!this.#isLoginTold) this.#tellLogin();
    for (const tree of this.#trees.values()) this.#tellTree(tree);
    this.#trees.clear();
  }

  /** A message, and those chained behind it (3.2.4.1.4). */
  #onMessages(b: Buffer, start: number, end: number, timeUs: number): void {
    for (let at = start; end - at >= SMB2_HEADER_BYTES; ) {
      const header = readSmb2Header(b, at);
      const messageEnd = header.next === 0 ? end : Math.min(end, at + header.next);
      this.#onMessage(header, b, at, messageEnd, timeUs);
      if (header.next < SMB2_HEADER_BYTES) return;
      at += header.next;
    }
  }

  /** SMB 1 ([MS-CIFS] 2.2.3.1): that it is still used, and who logs in by NTLM. */
  #onOldMessage(b: Buffer, at: number, end: number): void {
    this.#dialect ??= '1';
    if (u8(b, at + 4) !== SMB1_SESSION_SETUP) return;
    this.#onToken(b, at + SMB1_HEADER_BYTES, end);
    const isResponse = (u8(b, at + 9) & 0x80) !== 0;
    if (isResponse) this.#onOutcome(b.readUInt32LE(at + 5));
  }

  #onMessage(header: Smb2Header, b: Buffer, at: number, end: number, timeUs: number): void {
    switch (header.command) {
      case Smb2.Negotiate:
        if (header.isResponse) this.#dialect = smb2Dialect(b, at, end) ?? this.#dialect;
        return;
      case Smb2.SessionSetup:
        this.#onLogin(header, b, at, end);
        return;
      case Smb2.TreeConnect:
        this.#onTree(header, b, at, end, timeUs);
        return;
      case Smb2.Create: {
        const name = header.isResponse ? undefined : smb2FileName(b, at, end);
        const files = this.#trees.get(header.treeId)?.files;
        if (name !== undefined && files !== undefined && files.size < FILES_MAX) files.add(name);
        return;
      }
      default:
    }
  }

  #onLogin(header: Smb2Header, b: Buffer, at: number, end: number): void {
    const token = smb2Token(b, at, end, header.isResponse);
    if (token !== undefined) this.#onToken(b, token[0], token[1]);
    if (header.isResponse) this.#onOutcome(header.status);
  }

  #onToken(b: Buffer, start: number, end: number): void {
    const ntlm = findNtlm(b, start, end);
    if (ntlm?.kind === 'challenge') {
      add(this.#login, 'hinomi.session.server_name', ntlm.serverName);
      add(this.#login, 'hinomi.session.server_domain', ntlm.serverDomain);
    } else if (ntlm !== undefined) {
      this.#hasLogin = true;
      add(this.#login, 'user.name', ntlm.user ?? 'anonymous');
      add(this.#login, 'user.domain', ntlm.domain);
      add(this.#login, 'host.name', ntlm.host);
      this.#login['hinomi.session.auth_method'] = 'ntlm';
    }
  }

  #onOutcome(status: number): void {
    if (status === MORE_PROCESSING) return;
    this.#login['hinomi.session.outcome'] = status === 0 ? 'success' : 'failure';
    if (status !== 0) this.#login['hinomi.session.error'] = ntStatusName(status);
    if (this.#hasLogin) this.#tellLogin();
  }

  #onTree(header: Smb2Header, b: Buffer, at: number, end: number, timeUs: number): void {
    if (!header.isResponse) {
      const path = smb2Path(b, at, end);
      if (path !== undefined && this.#asked.size < WAITING_MAX) this.#asked.set(header.messageId, path);
      return;
    }
    const share = this.#asked.get(header.messageId);
    this.#asked.delete(header.messageId);
    if (share === undefined) return;
    const tree = { share, startUs: timeUs, files: new Set<string>() };
    if (header.status !== 0) this.#tellTree(tree, ntStatusName(header.status));
    else if (this.#trees.size < TREES_MAX) this.#trees.set(header.treeId, tree);
  }

  #tellLogin(): void {
    this.#isLoginTold = true;
    // Come upon in its middle, it says nothing that the flow does not.
    if (Object.keys(this.#login).length === 0 && this.#dialect === undefined) return;
    this.#conversation.emit('session', this.#startUs, {
      'hinomi.session.outcome': 'unknown',
      ...this.#login,
      ...this.#common(),
    });
  }

  #tellTree({ share, startUs, files }: Tree, error?: string): void {
    const names = [...files].filter((name) => name !== '');
    const isPipes = /\\IPC\$$/i.test(share);
    this.#conversation.emit('session', startUs, {
      'hinomi.session.outcome': error === undefined ? 'success' : 'failure',
      ...(error === undefined ? {} : { 'hinomi.session.error': error }),
      ...(this.#login['user.name'] === undefined ? {} : { 'user.name': this.#login['user.name'] }),
      'hinomi.session.share': share,
      ...(names.length === 0
        ? {}
        : isPipes
          ? { 'hinomi.session.pipe': names.join(', ') }
          : { 'hinomi.session.file_names': names }),
      ...this.#common(),
    });
  }

  #common(): Record<string, unknown> {
    return {
      ...(this.#dialect === undefined ? {} : { 'hinomi.session.version': this.#dialect }),
      ...(this.#isEncrypted ? { 'hinomi.session.details': ['encrypted=true'] } : {}),
    };
  }
}

function isWanted(command: number): boolean {
  return (
    command === Smb2.Negotiate ||
    command === Smb2.SessionSetup ||
    command === Smb2.TreeConnect ||
    command === Smb2.Create
  );
}

function add(fields: Record<string, unknown>, name: string, value: string | undefined): void {
  if (value !== undefined) fields[name] = value;
}
