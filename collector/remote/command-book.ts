import { randomBytes } from 'node:crypto';
import { Value } from 'typebox/value';
import type { CommandState, CommandView, NewCommand } from '../../protocol/api/remote.js';
import { ERROR_CODES, type ErrorCode, remedyOf } from '../../protocol/base/error-codes.js';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import {
  COMMAND_ARGS,
  COMMAND_BYTES_MAX,
  type CommandReply,
  FILE_COMMANDS,
  flawOfArgs,
  REMOTE_VERSION,
} from '../../protocol/commands.js';
import type { Box } from './box.js';
import type { Results } from './results.js';
import type { Table } from './table.js';

/** The key is site:id; ids are in the order of time. */
export type StoredCommand = Omit<CommandView, 'remedy'> & { readonly company: string };

export interface CommandBookDeps extends World {
  readonly commands: Table<StoredCommand>;
  readonly results: Results;
  boxOf(site: string): Box | undefined;
  isConnected(agent: string): boolean;
  sign(context: 'command', body: object): string;
  send(box: Box, kind: 'command', message: Buffer): void;
  note(who: string, what: string, facts: { company?: string; detail?: string }): Promise<void>;
}

export interface CommandBookConfig {
  readonly retentionDays: number;
  readonly commandsMax: number;
  readonly answerMs: number;
  readonly uploadMs: number;
}

const SWEEP_MS = 1_000;
const PURGE_MS = 3_600_000;
const DAY_MS = 86_400_000;
const EXPIRES_S = 600;
const LISTED_MAX = 100;
/** A box that starts anew, or rescans, answers within this. */
const SHORT_MS = 300_000;
const LAST_WORDS: ReadonlySet<CommandState> = new Set(['done', 'failed', 'refused']);
const OPEN: ReadonlySet<CommandState> = new Set(['waiting', 'sent', 'accepted']);

const keyOf = ({ site, id }: { site: string; id: string }): string => `${site}:${id}`;

/** Every command: sent when its box is there, followed until the box has said its last word, kept for a time. */
export class CommandBook {
  readonly #config: CommandBookConfig;
  readonly #deps: CommandBookDeps;
  /** Those that are not over, by id. */
  readonly #open = new Map<string, StoredCommand>();
  #turn: Promise<unknown> = Promise.resolve();
  #timers: NodeJS.Timeout[] = [];

  constructor(config: CommandBookConfig, deps: CommandBookDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    for (const [, command] of await this.#deps.commands.list())
      if (OPEN.has(command.state)) this.#open.set(command.id, command);
    await this.#purge();
    this.#timers = [
      setInterval(() => this.#mind(this.#sweep()), SWEEP_MS),
      setInterval(() => this.#mind(this.#purge()), PURGE_MS),
    ];
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#turn;
  }

  /** @throws REMOTE_NOT_FOUND without a box, REMOTE_INVALID, REMOTE_LIMIT */
  async add(
    site: string,
    { name, args = {}, expiresInS = EXPIRES_S, reason = '' }: NewCommand,
    by: string,
  ): Promise<CommandView> {
    const box = this.#deps.boxOf(site);
    if (box === undefined) throw new CodedError('REMOTE_NOT_FOUND', `there is no box at ${site}`);
    const full = Value.Default(COMMAND_ARGS[name], structuredClone(args)) as Record<string, unknown>;
    const flaw = flawOfArgs(name, full);
    if (flaw !== undefined) throw new CodedError('REMOTE_INVALID', flaw);
    if ([...this.#open.values()].filter((open) => open.site === site).length >= this.#config.commandsMax)
      throw new CodedError('REMOTE_LIMIT', `${this.#config.commandsMax} commands of this site are not done yet`);
    const now = this.#deps.clock.now();
    const command: StoredCommand = {
      ...{ id: newId(now), site, agent: box.agent, company: box.company, name, args: full, by },
      ...{ state: 'waiting', issued: isoMillis(now), changed: isoMillis(now) },
      expires: isoMillis(now + expiresInS * 1_000),
      ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
    };
    if (this.#signed(command).length > COMMAND_BYTES_MAX)
      throw new CodedError('REMOTE_INVALID', 'the arguments are too long');
    await this.#put(command);
    if (this.#deps.isConnected(box.agent)) await this.#send(box, command);
    return this.#viewOf(this.#open.get(command.id) ?? command);
  }

  async list(site: string): Promise<CommandView[]> {
    const found = await this.#deps.commands.list({ prefix: `${site}:`, reverse: true, limit: LISTED_MAX });
    return Promise.all(found.map(([, command]) => this.#viewOf(command)));
  }

  /** @throws REMOTE_NOT_FOUND */
  async get(site: string, id: string): Promise<CommandView> {
    const command = await this.#deps.commands.get(keyOf({ site, id }));
    if (command === undefined) throw new CodedError('REMOTE_NOT_FOUND', `there is no command ${id}`);
    return this.#viewOf(command);
  }

  /** A command of this box that a file may be brought for now. @throws REMOTE_NOT_FOUND */
  awaitedFile(box: Box, id: string): { readonly site: string; readonly id: string; readonly bytesMax: number } {
    const command = this.#open.get(id);
    const isAwaited =
      command?.agent === box.agent && command.state !== 'waiting' && FILE_COMMANDS.has(command.name as never);
    if (command === undefined || !isAwaited)
      throw new CodedError('REMOTE_NOT_FOUND', 'no result of this box is awaited by this name');
    const asked = command.args['bytesMax'];
    return { site: command.site, id, bytesMax: typeof asked === 'number' ? asked : Number.POSITIVE_INFINITY };
  }

  /** What waited, and what was sent without an answer: a box takes each but once. */
  async onOnline(box: Box): Promise<void> {
    const now = isoMillis(this.#deps.clock.now());
    for (const command of [...this.#open.values()])
      if (command.agent === box.agent && command.state !== 'accepted' && command.expires > now)
        await this.#send(box, command);
  }

  async onReply(box: Box, reply: CommandReply): Promise<void> {
    const { id, state, at, code, message, result } = reply;
    const key = keyOf({ site: box.site, id });
    const facts = {
      ...(code === undefined ? {} : { code }),
      ...(message === undefined ? {} : { message }),
      ...(result === undefined ? {} : { result }),
    };
    if (state === 'replayed') {
      const known = await this.#deps.commands.get(key);
      if (known?.agent === box.agent) await this.#note(known, 'command came again, and nothing was done');
      return;
    }
    const changed = await this.#change(key, (command) => {
      const isOver = LAST_WORDS.has(command.state) || command.state === state;
      return command.agent !== box.agent || isOver
        ? undefined
        : { ...command, ...facts, state, changed: isoMillis(at) };
    });
    if (changed !== undefined) await this.#note(changed, `command ${state}`, `agent:${box.agent}`);
  }

  async #send(box: Box, command: StoredCommand): Promise<void> {
    const now = isoMillis(this.#deps.clock.now());
    if (command.state === 'waiting')
      await this.#change(keyOf(command), (value) =>
        value.state === 'waiting' ? { ...value, state: 'sent', changed: now } : undefined,
      );
    this.#deps.send(box, 'command', this.#signed(command));
  }

  #signed({ id, agent, site, name, args, issued, expires }: StoredCommand): Buffer {
    const times = { issued: Date.parse(issued), expires: Date.parse(expires) };
    return Buffer.from(this.#deps.sign('command', { v: REMOTE_VERSION, id, agent, site, name, args, ...times }));
  }

  /** What has been waited for long enough. */
  async #sweep(): Promise<void> {
    const now = this.#deps.clock.now();
    for (const command of [...this.#open.values()]) {
      const state = this.#stateAfter(command, now);
      if (state === undefined) continue;
      const changed = await this.#change(keyOf(command), (value) =>
        value.state === command.state ? { ...value, state, changed: isoMillis(now) } : undefined,
      );
      if (changed !== undefined) await this.#note(changed, `command ${state}`);
    }
  }

  #stateAfter({ state, expires, changed, name, args }: StoredCommand, now: number): CommandState | undefined {
    const end = Date.parse(expires);
    if (state === 'waiting') return now >= end ? 'expired' : undefined;
    if (state === 'sent') return now >= end + this.#config.answerMs ? 'no-answer' : undefined;
    const seconds = typeof args['seconds'] === 'number' ? args['seconds'] : 0;
    const workMs = FILE_COMMANDS.has(name as never) ? seconds * 1_000 + this.#config.uploadMs : SHORT_MS;
    return now >= Date.parse(changed) + workMs + this.#config.answerMs ? 'no-answer' : undefined;
  }

  async #purge(): Promise<void> {
    const oldest = isoMillis(this.#deps.clock.now() - this.#config.retentionDays * DAY_MS);
    for (const [key, command] of await this.#deps.commands.list()) {
      if (command.issued >= oldest || OPEN.has(command.state)) continue;
      this.#deps.results.remove(command);
      await this.#deps.commands.delete(key);
    }
    this.#deps.results.removeParts(oldest);
  }

  #put(command: StoredCommand): Promise<void> {
    this.#open.set(command.id, command);
    return this.#deps.commands.put(keyOf(command), command);
  }

  /** One change after the other: what is in memory is what is on disk. */
  #change(
    key: string,
    change: (value: StoredCommand) => StoredCommand | undefined,
  ): Promise<StoredCommand | undefined> {
    const work = this.#turn.then(async () => {
      const changed = await this.#deps.commands.update(key, change);
      if (changed === undefined) return undefined;
      if (OPEN.has(changed.state)) this.#open.set(changed.id, changed);
      else this.#open.delete(changed.id);
      return changed;
    });
    this.#turn = work.catch(() => {});
    return work;
  }

  async #note(
    { id, site, name, company, code, message }: StoredCommand,
    what: string,
    who = 'collector',
  ): Promise<void> {
    const why = code === undefined ? '' : `: ${code} ${message ?? ''}`;
    await this.#deps.note(who, what, { company, detail: `${site} ${name} ${id}${why}` });
  }

  async #viewOf({ company: _company, ...command }: StoredCommand): Promise<CommandView> {
    const file = this.#deps.results.fileOf(command);
    const { code } = command;
    const isKnown = code !== undefined && Object.hasOwn(ERROR_CODES, code);
    return {
      ...command,
      ...(isKnown ? { remedy: remedyOf(code as ErrorCode) } : {}),
      ...(file === undefined ? {} : { file: { ...file, sha256: String(command.result?.['sha256'] ?? '') } }),
    };
  }

  #mind(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#deps.log.error({ error: describeError(error) }, 'commands could not be looked after; tried again');
    });
  }
}

/** In the order of time, and not to be guessed. */
function newId(now: number): string {
  return `c${now.toString(36).padStart(9, '0')}-${randomBytes(8).toString('hex')}`;
}
