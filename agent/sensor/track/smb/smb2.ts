import { isNtError, ntStatusName, PENDING } from '../../wire/nt-status.js';
import {
  readSmb2Header,
  SMB2_CREATED_ID,
  SMB2_FILE_ID,
  SMB2_HEADER_BYTES,
  SMB2_SAME_ID,
  Smb2,
  type Smb2Change,
  type Smb2Header,
  Smb2SessionFlag,
  smb2Change,
  smb2Create,
  smb2FileId,
  smb2Path,
  smb2PipeData,
  smb2SessionFlags,
  smb2ShareType,
  smb2Terms,
  smb2Token,
} from '../../wire/smb2.js';
import type { SmbFacts } from './facts.js';
import type { SmbFile, SmbFiles } from './files.js';
import type { SmbLogins } from './logins.js';
import { type ShareKind, SmbShare } from './share.js';

const ASKED_MAX = 512;
const TREES_MAX = 64;
const COMMAND = 12;
const NEXT = 20;
const KINDS: Readonly<Record<number, ShareKind>> = { 1: 'disk', 2: 'pipe', 3: 'printer' };

/** What a request asked for that its response alone does not say. */
type Asked =
  | { readonly kind: 'tree'; readonly path: string }
  | { readonly kind: 'create'; readonly file: SmbFile }
  | { readonly kind: 'change'; readonly file: SmbFile; readonly change: Smb2Change }
  | { readonly kind: 'pipe'; readonly file: SmbFile };

/** Messages of SMB 2 and 3. [MS-SMB2]. */
export class Smb2Messages {
  readonly #facts: SmbFacts;
  readonly #logins: SmbLogins;
  readonly #files: SmbFiles;
  readonly #trees = new Map<string, SmbShare>();
  /** By the message that asks. The oldest is forgotten: not everything is answered. */
  readonly #asked = new Map<number, Asked>();
  /** What the messages of a chain before this one opened. 3.2.4.1.4. */
  #chained: SmbFile | undefined;

  constructor(facts: SmbFacts, logins: SmbLogins, files: SmbFiles) {
    this.#facts = facts;
    this.#logins = logins;
    this.#files = files;
  }

  get hasShares(): boolean {
    return this.#trees.size > 0;
  }

  /** Whether a message that begins at `at`, its header there, has to be there whole. */
  isWanted(b: Buffer, at: number): boolean {
    if (b.readUInt32LE(at + NEXT) !== 0) return true;
    switch (b.readUInt16LE(at + COMMAND)) {
      case Smb2.Negotiate:
      case Smb2.SessionSetup:
      case Smb2.TreeConnect:
      case Smb2.TreeDisconnect:
      case Smb2.Create:
      case Smb2.Close:
      case Smb2.SetInfo:
        return true;
      case Smb2.Read:
      case Smb2.Write:
      case Smb2.Ioctl:
        return this.#isOfPipe(b, at);
      default:
        return false;
    }
  }

  /** A message, and those chained behind it. */
  onMessages(b: Buffer, start: number, end: number, timeUs: number): void {
    this.#chained = undefined;
    let before: Pick<Smb2Header, 'sessionId' | 'treeId'> | undefined;
    for (let at = start; end - at >= SMB2_HEADER_BYTES; ) {
      const said: Smb2Header = readSmb2Header(b, at);
      // 3.3.5.2.7.2: what is related is about the same session and share.
      const header = said.isRelated && before !== undefined ? { ...said, ...before } : said;
      before = { sessionId: header.sessionId, treeId: header.treeId };
      const messageEnd = header.next === 0 ? end : Math.min(end, at + header.next);
      if (header.isResponse) this.#onResponse(header, b, at, messageEnd, timeUs);
      else this.#onRequest(header, b, at, messageEnd, timeUs);
      if (header.next < SMB2_HEADER_BYTES) return;
      at += header.next;
    }
  }

  onEnd(timeUs: number): void {
    // One direction alone may have been seen: what was asked for is told then.
    for (const asked of this.#asked.values()) {
      if (asked.kind === 'create') asked.file.share.onOpened(asked.file.name, timeUs);
      else if (asked.kind === 'change') this.#onChanged(asked.file, asked.change, timeUs);
    }
    this.#asked.clear();
    for (const share of this.#trees.values()) share.onEnd();
    this.#trees.clear();
  }

  /** Reads and writes of pipes are seen in full, those of files are passed over. */
  #isOfPipe(b: Buffer, at: number): boolean {
    if (this.#facts.pipes === 0) return false;
    const header = readSmb2Header(b, at);
    if (header.isResponse) return this.#asked.get(header.messageId)?.kind === 'pipe';
    return this.#trees.get(treeKey(header))?.hasPipes === true;
  }

  #onRequest(header: Smb2Header, b: Buffer, at: number, end: number, timeUs: number): void {
    switch (header.command) {
      case Smb2.SessionSetup: {
        const login = this.#logins.onRequest(header.messageId, header.sessionId, timeUs);
        const token = smb2Token(b, at, end, false);
        if (token !== undefined) login.gss.onToken(b, token[0], token[1], timeUs);
        return;
      }
      case Smb2.TreeConnect: {
        const path = smb2Path(b, at, end);
        if (path !== undefined) this.#ask(header, { kind: 'tree', path });
        return;
      }
      case Smb2.TreeDisconnect: {
        this.#trees.get(treeKey(header))?.onEnd();
        this.#trees.delete(treeKey(header));
        return;
      }
      case Smb2.Create:
        this.#onCreate(header, b, at, end, timeUs);
        return;
      default:
        this.#onFileRequest(header, b, at, end, timeUs);
    }
  }

  #onCreate(header: Smb2Header, b: Buffer, at: number, end: number, timeUs: number): void {
    const create = smb2Create(b, at, end);
    const share = this.#share(header, timeUs);
    if (create === undefined) return;
    const file: SmbFile = { ...create, share, pipe: undefined };
    this.#chained = file;
    this.#ask(header, { kind: 'create', file });
  }

  #onFileRequest(header: Smb2Header, b: Buffer, at: number, end: number, timeUs: number): void {
    const offset = SMB2_FILE_ID[header.command];
    const handle = offset === undefined ? undefined : smb2FileId(b, at, offset, end);
    if (handle === undefined) return;
    const file = handle === SMB2_SAME_ID ? this.#chained : this.#files.of(handle);
    if (file === undefined) return;
    this.#chained = file;
    if (header.command === Smb2.Close) {
      if (handle !== SMB2_SAME_ID) this.#files.onClosed(handle, timeUs);
      else if (file.isDeletedOnClose) this.#ask(header, { kind: 'change', file, change: { kind: 'delete' } });
    } else if (header.command === Smb2.SetInfo) {
      const change = smb2Change(b, at, end);
      if (change !== undefined) this.#ask(header, { kind: 'change', file, change });
    } else if (file.pipe !== undefined) {
      this.#ask(header, { kind: 'pipe', file });
      const data = header.command === Smb2.Read ? undefined : smb2PipeData(b, at, end, header);
      if (data !== undefined) file.pipe.onData(0, b, data[0], data[1], timeUs);
    }
  }

  #onResponse(header: Smb2Header, b: Buffer, at: number, end: number, timeUs: number): void {
    if (header.status === PENDING) return;
    if (header.command === Smb2.Negotiate) this.#onTerms(b, at, end);
    if (header.command === Smb2.SessionSetup) this.#onLogin(header, b, at, end, timeUs);
    const asked = this.#asked.get(header.messageId);
    this.#asked.delete(header.messageId);
    switch (asked?.kind) {
      case 'tree':
        this.#onTree(asked.path, header, b, at, end, timeUs);
        return;
      case 'create':
        if (isNtError(header.status)) asked.file.share.onRefused(header.status, timeUs);
        else this.#files.onOpened(smb2FileId(b, at, SMB2_CREATED_ID, end), asked.file, timeUs);
        return;
      case 'change':
        if (!isNtError(header.status)) this.#onChanged(asked.file, asked.change, timeUs);
        return;
      case 'pipe': {
        const data = header.command === Smb2.Write ? undefined : smb2PipeData(b, at, end, header);
        if (data !== undefined) asked.file.pipe?.onData(1, b, data[0], data[1], timeUs);
        return;
      }
      default:
    }
  }

  #onTerms(b: Buffer, at: number, end: number): void {
    const { dialect, cipher, signing, isSigningRequired } = smb2Terms(b, at, end);
    this.#facts.version = dialect ?? this.#facts.version;
    this.#facts.cipher = cipher ?? this.#facts.cipher;
    this.#facts.signing = signing ?? this.#facts.signing;
    this.#facts.isSigningRequired = isSigningRequired;
    // What was offered in the manner of SMB 1 is of no interest any more.
    this.#facts.dialect = undefined;
  }

  #onLogin(header: Smb2Header, b: Buffer, at: number, end: number, timeUs: number): void {
    const login = this.#logins.onResponse(header.messageId, header.sessionId, timeUs);
    const token = smb2Token(b, at, end, true);
    if (token !== undefined) login.gss.onToken(b, token[0], token[1], timeUs);
    const flags = smb2SessionFlags(b, at, end);
    if (!isNtError(header.status)) {
      if ((flags & Smb2SessionFlag.Guest) !== 0) login.details.push('guest=true');
      if ((flags & Smb2SessionFlag.Encrypted) !== 0) this.#facts.isEncrypted = true;
    }
    this.#logins.onOutcome(login, header.sessionId, header.status, timeUs);
  }

  #onTree(path: string, header: Smb2Header, b: Buffer, at: number, end: number, timeUs: number): void {
    const kind = KINDS[smb2ShareType(b, at, end)];
    const user = this.#logins.userOf(header.sessionId);
    const share = new SmbShare(this.#facts, timeUs, path, user, kind);
    if (isNtError(header.status)) share.onEnd(ntStatusName(header.status));
    else this.#place(treeKey(header), share);
  }

  #onChanged(file: SmbFile, change: Smb2Change, timeUs: number): void {
    if (change.kind === 'delete') file.share.onDeleted(file.name, timeUs);
    else file.share.onRenamed(file.name, change.name, timeUs);
  }

  /** That of the request; one that was connected before we came has no path. */
  #share(header: Smb2Header, timeUs: number): SmbShare {
    const key = treeKey(header);
    const known = this.#trees.get(key);
    if (known !== undefined) return known;
    const share = new SmbShare(this.#facts, timeUs, undefined, this.#logins.userOf(header.sessionId));
    this.#place(key, share);
    return share;
  }

  #place(key: string, share: SmbShare): void {
    this.#trees.get(key)?.onEnd();
    if (this.#trees.size < TREES_MAX || this.#trees.has(key)) this.#trees.set(key, share);
    else share.onEnd();
  }

  #ask(header: Smb2Header, asked: Asked): void {
    const oldest = this.#asked.size >= ASKED_MAX ? this.#asked.keys().next().value : undefined;
    if (oldest !== undefined) this.#asked.delete(oldest);
    this.#asked.set(header.messageId, asked);
  }
}

const treeKey = ({ sessionId, treeId }: Smb2Header): string => `${sessionId} ${treeId}`;
