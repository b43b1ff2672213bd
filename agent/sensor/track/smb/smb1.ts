import { isNtError, ntStatusName } from '../../wire/nt-status.js';
import {
  readSmb1Header,
  SMB1_HEADER_BYTES,
  Smb1,
  type Smb1Block,
  type Smb1Header,
  smb1Blocks,
  smb1Chosen,
  smb1Dialects,
  smb1Login,
  smb1LoginAnswer,
  smb1Path,
  smb1Service,
} from '../../wire/smb1.js';
import { type Smb1Action, smb1Action, smb1Opened, smb1PipeData } from '../../wire/smb1-files.js';
import type { SmbFacts } from './facts.js';
import type { SmbFile, SmbFiles } from './files.js';
import { type SmbLogin, type SmbLogins, say } from './logins.js';
import { SmbShare } from './share.js';

const ASKED_MAX = 256;
const TREES_MAX = 64;
/** [MS-NLMP] 3.3.1: an answer to a challenge is at least as long; what is shorter may be a password. */
const ANSWER_BYTES = 24;

type Asked =
  | { readonly kind: 'tree'; readonly path: string }
  | { readonly kind: 'open'; readonly file: SmbFile }
  | { readonly kind: 'action'; readonly action: Smb1Action; readonly share: SmbShare }
  | { readonly kind: 'pipe'; readonly file: SmbFile };

/** Messages of SMB 1. [MS-CIFS], [MS-SMB]. */
export class Smb1Messages {
  readonly #facts: SmbFacts;
  readonly #logins: SmbLogins;
  readonly #files: SmbFiles;
  readonly #trees = new Map<number, SmbShare>();
  /** By exchange and command: several are chained in one message. The oldest is forgotten. */
  readonly #asked = new Map<string, Asked>();
  #offered: readonly string[] = [];
  #isPlain: boolean | undefined;

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
    const command = b[at + 4]!;
    // Bulk is read and written by these; of pipes it is of interest.
    return (command !== Smb1.ReadAndX && command !== Smb1.WriteAndX) || this.#facts.pipes > 0;
  }

  onMessage(b: Buffer, at: number, end: number, timeUs: number): void {
    if (end - at < SMB1_HEADER_BYTES) return;
    const header = readSmb1Header(b, at);
    for (const block of smb1Blocks(b, at, end)) {
      if (header.isResponse) this.#onResponse(header, block, b, at, timeUs);
      else this.#onRequest(header, block, b, at, timeUs);
    }
  }

  onEnd(timeUs: number): void {
    // One direction alone may have been seen: what was asked for is told then.
    for (const asked of this.#asked.values()) {
      if (asked.kind === 'open') asked.file.share.onOpened(asked.file.name, timeUs);
      else if (asked.kind === 'action') this.#onDone(asked.action, asked.share, timeUs);
    }
    this.#asked.clear();
    for (const share of this.#trees.values()) share.onEnd();
    this.#trees.clear();
  }

  #onRequest(header: Smb1Header, block: Smb1Block, b: Buffer, at: number, timeUs: number): void {
    switch (block.command) {
      case Smb1.Negotiate:
        this.#offered = smb1Dialects(b, block);
        this.#facts.version ??= '1';
        return;
      case Smb1.SessionSetupAndX:
        this.#onLogin(header, block, b, at, timeUs);
        return;
      case Smb1.TreeConnect:
      case Smb1.TreeConnectAndX:
        this.#ask(header, block, { kind: 'tree', path: smb1Path(b, at, block, header.isUnicode) });
        return;
      case Smb1.TreeDisconnect:
        this.#trees.get(header.treeId)?.onEnd();
        this.#trees.delete(header.treeId);
        return;
      default: {
        const action = smb1Action(b, at, block, header.isUnicode);
        if (action !== undefined) this.#onAction(header, block, action, b, timeUs);
      }
    }
  }

  #onLogin(header: Smb1Header, block: Smb1Block, b: Buffer, at: number, timeUs: number): void {
    const said = smb1Login(b, at, block, header.isUnicode);
    if (said === undefined) return;
    this.#facts.version ??= '1';
    const login = this.#logins.onRequest(header.exchange, String(header.userId), timeUs);
    say(login.said, 'hinomi.session.client_software', [said.system, said.manager].filter(Boolean).join(' / '));
    if (said.token !== undefined) {
      login.gss.onToken(b, said.token[0], said.token[1], timeUs);
      return;
    }
    say(login.said, 'user.name', said.user === '' ? 'anonymous' : said.user);
    say(login.said, 'user.domain', said.domain);
    // One byte is what a client without a password sends.
    const passwordBytes = Math.max(said.oemBytes, said.unicodeBytes);
    if (this.#isPlain === true && passwordBytes > 1) {
      login.said['hinomi.session.cleartext_login'] = true;
      login.said['hinomi.session.auth_method'] = 'password';
    } else if (passwordBytes >= ANSWER_BYTES) {
      login.said['hinomi.session.auth_method'] = 'ntlm';
      login.oldNtlm = said.unicodeBytes > ANSWER_BYTES ? 'NTLMv2' : said.unicodeBytes === 0 ? 'LM' : 'NTLMv1';
    }
  }

  #onAction(header: Smb1Header, block: Smb1Block, action: Smb1Action, b: Buffer, timeUs: number): void {
    const share = this.#share(header, timeUs);
    switch (action.kind) {
      case 'open': {
        const { name, isDeletedOnClose } = action;
        this.#ask(header, block, { kind: 'open', file: { name, isDeletedOnClose, share, pipe: undefined } });
        return;
      }
      case 'close':
        this.#files.onClosed(handleKey(action.handle), timeUs);
        return;
      case 'read':
      case 'write':
      case 'exchange': {
        const file = this.#files.of(handleKey(action.handle));
        if (file?.pipe === undefined) return;
        this.#ask(header, block, { kind: 'pipe', file });
        if (action.kind !== 'read' && action.start < action.end) {
          file.pipe.onData(0, b, action.start, action.end, timeUs);
        }
        return;
      }
      default:
        this.#ask(header, block, { kind: 'action', action, share });
    }
  }

  #onResponse(header: Smb1Header, block: Smb1Block, b: Buffer, at: number, timeUs: number): void {
    if (block.command === Smb1.Negotiate) this.#onTerms(block, b);
    if (block.command === Smb1.SessionSetupAndX) this.#onLoginAnswer(header, block, b, at, timeUs);
    const key = askedKey(header, block);
    const asked = this.#asked.get(key);
    this.#asked.delete(key);
    const isError = isNtError(header.status) || isDosError(header.status);
    switch (asked?.kind) {
      case 'tree':
        this.#onTree(asked.path, header, block, b, at, timeUs);
        return;
      case 'open':
        if (isError) asked.file.share.onRefused(header.status, timeUs);
        else this.#onOpened(asked.file, smb1Opened(b, block), timeUs);
        return;
      case 'action':
        if (!isError) this.#onDone(asked.action, asked.share, timeUs);
        return;
      case 'pipe': {
        const data = smb1PipeData(b, at, block);
        if (data !== undefined) asked.file.pipe?.onData(1, b, data[0], data[1], timeUs);
        return;
      }
      default:
    }
  }

  #onTerms(block: Smb1Block, b: Buffer): void {
    const { index, isPlain, isSigningRequired } = smb1Chosen(b, block);
    this.#facts.version ??= '1';
    this.#facts.dialect = this.#offered[index];
    this.#facts.isSigningRequired = isSigningRequired;
    this.#isPlain = isPlain;
  }

  #onLoginAnswer(header: Smb1Header, block: Smb1Block, b: Buffer, at: number, timeUs: number): void {
    const login: SmbLogin = this.#logins.onResponse(header.exchange, String(header.userId), timeUs);
    const { token, system, manager, isGuest } = smb1LoginAnswer(b, at, block, header.isUnicode);
    say(login.said, 'hinomi.session.server_software', [system, manager].filter(Boolean).join(' / '));
    if (token !== undefined) login.gss.onToken(b, token[0], token[1], timeUs);
    if (isGuest) login.details.push('guest=true');
    this.#logins.onOutcome(login, String(header.userId), header.status, timeUs);
  }

  #onTree(path: string, header: Smb1Header, block: Smb1Block, b: Buffer, at: number, timeUs: number): void {
    const { service, fileSystem } = smb1Service(b, at, block, header.isUnicode);
    const kind = service === 'IPC' ? 'pipe' : service.startsWith('LPT') ? 'printer' : 'disk';
    const user = this.#logins.userOf(String(header.userId));
    const share = new SmbShare(this.#facts, timeUs, path, user, kind, fileSystem);
    if (isNtError(header.status) || isDosError(header.status)) share.onEnd(ntStatusName(header.status));
    else this.#place(header.treeId, share);
  }

  #onOpened(file: SmbFile, handle: number | undefined, timeUs: number): void {
    this.#files.onOpened(handle === undefined ? undefined : handleKey(handle), file, timeUs);
  }

  #onDone(action: Smb1Action, share: SmbShare, timeUs: number): void {
    switch (action.kind) {
      case 'delete':
        share.onDeleted(action.name, timeUs);
        return;
      case 'rename':
        share.onRenamed(action.name, action.to, timeUs);
        return;
      case 'delete-open': {
        const file = this.#files.of(handleKey(action.handle));
        file?.share.onDeleted(file.name, timeUs);
        return;
      }
      case 'rename-open': {
        const file = this.#files.of(handleKey(action.handle));
        file?.share.onRenamed(file.name, action.to, timeUs);
        return;
      }
      default:
    }
  }

  /** That of the request; one that was connected before we came has no path. */
  #share(header: Smb1Header, timeUs: number): SmbShare {
    const known = this.#trees.get(header.treeId);
    if (known !== undefined) return known;
    this.#facts.version ??= '1';
    const share = new SmbShare(this.#facts, timeUs, undefined, this.#logins.userOf(String(header.userId)));
    this.#place(header.treeId, share);
    return share;
  }

  #place(treeId: number, share: SmbShare): void {
    this.#trees.get(treeId)?.onEnd();
    if (this.#trees.size < TREES_MAX || this.#trees.has(treeId)) this.#trees.set(treeId, share);
    else share.onEnd();
  }

  #ask(header: Smb1Header, block: Smb1Block, asked: Asked): void {
    const oldest = this.#asked.size >= ASKED_MAX ? this.#asked.keys().next().value : undefined;
    if (oldest !== undefined) this.#asked.delete(oldest);
    this.#asked.set(askedKey(header, block), asked);
  }
}

const askedKey = ({ exchange }: Smb1Header, { command }: Smb1Block): string => `${exchange} ${command}`;
const handleKey = (handle: number): string => `1 ${handle}`;
/** An error of DOS: its class in the lowest byte. [MS-CIFS] 2.2.2.4. */
const isDosError = (status: number): boolean => status >>> 30 === 0 && (status & 0xff) !== 0 && status > 0xffff;
