import { OPEN_FILES } from '../budget.js';
import { Rpc } from '../rpc.js';
import type { SmbFacts } from './facts.js';
import { SmbPipe } from './pipe.js';
import type { SmbShare } from './share.js';

const FILES_MAX = 512;
/** Pipes of Windows by which one that was opened in an unknown share is told from a file. */
const KNOWN_PIPES =
  /^(samr|lsarpc|lsass|netlogon|srvsvc|wkssvc|svcctl|winreg|spoolss|atsvc|ntsvcs|browser|epmapper|eventlog|initshutdown|netdfs|efsrpc|dnsserver|protected_storage|fssagentrpc|tsch)$/i;

/** A file, a folder or a pipe that is open. */
export interface SmbFile {
  readonly name: string;
  readonly share: SmbShare;
  readonly isDeletedOnClose: boolean;
  pipe: SmbPipe | undefined;
}

/** What is open on a connection, by its handle. When there is too much, the oldest is forgotten. */
export class SmbFiles {
  readonly #facts: SmbFacts;
  readonly #open = new Map<string, SmbFile>();

  constructor(facts: SmbFacts) {
    this.#facts = facts;
  }

  of(handle: string): SmbFile | undefined {
    return this.#open.get(handle);
  }

  onOpened(handle: string | undefined, file: SmbFile, timeUs: number): void {
    file.share.onOpened(file.name, timeUs);
    const isPipe = file.share.isPipes || (file.share.path === undefined && KNOWN_PIPES.test(file.name));
    if (isPipe && file.name !== '' && handle !== undefined) {
      file.share.hasPipes = true;
      this.#facts.pipes += 1;
      file.pipe = new SmbPipe(new Rpc(this.#facts.conversation, file.name, file.share.user), this.#facts.held);
    }
    if (handle === undefined) return;
    this.#forget(handle, timeUs);
    const isFull = this.#open.size >= FILES_MAX || OPEN_FILES.isUsedUp;
    const oldest = isFull ? this.#open.keys().next().value : undefined;
    if (oldest !== undefined) this.#forget(oldest, timeUs);
    OPEN_FILES.take(1);
    this.#open.set(handle, file);
  }

  onClosed(handle: string, timeUs: number): void {
    const file = this.#open.get(handle);
    if (file?.isDeletedOnClose === true) file.share.onDeleted(file.name, timeUs);
    this.#forget(handle, timeUs);
  }

  onEnd(timeUs: number): void {
    for (const handle of [...this.#open.keys()]) this.#forget(handle, timeUs);
  }

  #forget(handle: string, timeUs: number): void {
    const pipe = this.#open.get(handle)?.pipe;
    if (pipe !== undefined) {
      pipe.onEnd(timeUs);
      this.#facts.pipes -= 1;
    }
    if (this.#open.delete(handle)) OPEN_FILES.give(1);
  }
}
