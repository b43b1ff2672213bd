import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Logger } from '../../protocol/base/log.js';
import { CommandReply } from '../../protocol/commands.js';
import { putAside, readJsonFile, replaceSynced } from './files.js';

const LedgerFile = Type.Object({
  /** Commands issued before this are not obeyed: which of them were, is not known any more. */
  notBefore: Type.Integer({ minimum: 0 }),
  ids: Type.Array(Type.Tuple([Type.String(), Type.Number()])),
  replies: Type.Array(
    Type.Object({ name: Type.String(), reply: CommandReply, isRestart: Type.Optional(Type.Boolean()) }),
  ),
});
type LedgerFile = Static<typeof LedgerFile>;
export type Answered = LedgerFile['replies'][number];

const check = Compile(LedgerFile);
const FILE = 'commands.json';
/** More cannot be remembered until the first of them have expired: further commands are refused. */
export const IDS_MAX = 2_000;
/** What is told again at each connection, until newer ones take its place. */
const REPLIES_MAX = 32;
/** An id is remembered for this much longer: the clock may be set back. */
const KEEP_MS = 86_400_000;

/** Which commands have come, and what was answered: on disk before anything is done, so that nothing is done twice. */
export class Ledger {
  readonly #path: string;
  readonly #ids: Map<string, number>;
  #replies: Answered[];
  readonly #notBefore: number;

  /** @param nowMs for when what is there cannot be read */
  constructor(folder: string, nowMs: number, log: Logger) {
    this.#path = join(folder, FILE);
    const file = this.#read(nowMs, log);
    this.#notBefore = file.notBefore;
    this.#ids = new Map(file.ids);
    this.#replies = file.replies;
  }

  /** @returns why it may not be obeyed any more */
  flaw(id: string, issued: number): 'known' | 'forgotten' | undefined {
    if (this.#ids.has(id)) return 'known';
    return issued < this.#notBefore ? 'forgotten' : undefined;
  }

  /** @returns false when there is no room or no disk: then the command must not be obeyed */
  remember(id: string, expires: number, nowMs: number): boolean {
    if (this.#ids.size >= IDS_MAX)
      for (const [known, until] of this.#ids) if (until + KEEP_MS < nowMs) this.#ids.delete(known);
    if (this.#ids.size >= IDS_MAX) return false;
    this.#ids.set(id, expires);
    if (this.#write()) return true;
    this.#ids.delete(id);
    return false;
  }

  /** The newest answer to a command. @returns whether it is on disk */
  answer(name: string, reply: CommandReply, isRestart = false): boolean {
    const others = this.#replies.filter((answered) => answered.reply.id !== reply.id);
    this.#replies = [...others, { name, reply, ...(isRestart ? { isRestart } : {}) }].slice(-REPLIES_MAX);
    return this.#write();
  }

  get answers(): readonly Answered[] {
    return this.#replies;
  }

  /** Begun and not ended when the agent was. */
  get unfinished(): readonly Answered[] {
    return this.#replies.filter(({ reply }) => reply.state === 'accepted');
  }

  #write(): boolean {
    const file: LedgerFile = { notBefore: this.#notBefore, ids: [...this.#ids], replies: this.#replies };
    try {
      replaceSynced(this.#path, JSON.stringify(file));
      return true;
    } catch {
      return false;
    }
  }

  #read(nowMs: number, log: Logger): LedgerFile {
    const found = readJsonFile(this.#path);
    if (found.state === 'missing') return { notBefore: 0, ids: [], replies: [] };
    if (found.state === 'read' && check.Check(found.value)) return found.value;
    putAside(this.#path);
    log.error({ file: this.#path }, 'which commands were obeyed cannot be read; those from before now are refused');
    const file = { notBefore: nowMs, ids: [], replies: [] };
    try {
      replaceSynced(this.#path, JSON.stringify(file));
    } catch {
      // In memory it holds for as long as this run.
    }
    return file;
  }
}
