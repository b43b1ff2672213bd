import type { KeyObject } from 'node:crypto';
import { Value } from 'typebox/value';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import type { World } from '../../protocol/base/world.js';
import {
  COMMAND_ARGS,
  COMMAND_BYTES_MAX,
  COMMAND_LIFE_MS_MAX,
  type Command,
  type CommandName,
  type CommandReply,
  flawOfArgs,
  isCommand,
  REMOTE_VERSION,
} from '../../protocol/commands.js';
import { openSigned } from '../../protocol/signed.js';
import type { BoxAudit } from './box-audit.js';
import type { Desired } from './desired.js';
import type { Ledger } from './ledger.js';
import { forbids, type PolicyConfig } from './policy.js';
import type { Result, Runners } from './runners.js';

/** The time as far as it can be believed. */
export interface TrustedClock {
  now(): number;
  /** Asks the collector for the time, where that is possible. */
  refresh?(): Promise<void>;
}

export interface CommandsDeps extends World {
  readonly identity: { readonly site: string; readonly agent: string };
  readonly policy: PolicyConfig;
  readonly desired: Desired;
  readonly ledger: Ledger;
  readonly audit: BoxAudit;
  readonly runners: Runners;
  readonly time: TrustedClock;
  send(reply: CommandReply): void;
  restart(): void;
}

/** Commands at work at once, one of a name. */
const RUNNING_MAX = 4;
/** So far may the collector's clock be ahead of what the box believes. */
const AHEAD_MS_MAX = 86_400_000;
/** How long a result in a reply may be; what is more is left out. */
const RESULT_CHARACTERS_MAX = 4_000;
const MESSAGE_CHARACTERS_MAX = 1_000;
/** From the answer to a restart to the end: the answer has to get out. */
const RESTART_MS = 300;

/** Signed commands: each is checked, remembered, obeyed once or refused, answered and written into the box's own book. */
export class Commands {
  readonly #deps: CommandsDeps;
  readonly #running = new Map<CommandName, string>();
  readonly #abort = new AbortController();
  readonly #works = new Set<Promise<void>>();

  constructor(deps: CommandsDeps) {
    this.#deps = deps;
  }

  /** What was begun by the run before is ended: a restart by having come back, everything else by having been cut. */
  start(): void {
    for (const { name, reply, isRestart } of this.#deps.ledger.unfinished) {
      if (isRestart === true) this.#done(name, reply.id, { pid: process.pid });
      else this.#failed(name, reply.id, new CodedError('REMOTE_INTERRUPTED', 'the agent was stopped meanwhile'));
    }
  }

  async close(): Promise<void> {
    this.#abort.abort(new CodedError('REMOTE_INTERRUPTED', 'the agent is stopped'));
    await Promise.all(this.#works);
  }

  tellAgain(): void {
    for (const { reply } of this.#deps.ledger.answers) this.#deps.send(reply);
  }

  /** Never rejects. */
  async onMessage(bytes: Uint8Array, key: KeyObject): Promise<void> {
    const command = this.#opened(bytes, key);
    if (command === undefined || this.#abort.signal.aborted) return;
    const refusal = (await this.#flawOfTime(command)) ?? this.#flawOfMeaning(command);
    if (refusal === undefined) this.#obey(command);
    else this.#refuse(command, ...refusal);
  }

  /** A genuine command for this box that never came before: from here on it is remembered. */
  #opened(bytes: Uint8Array, key: KeyObject): Command | undefined {
    const { audit, identity, ledger } = this.#deps;
    const body = openSigned('command', bytes, COMMAND_BYTES_MAX, key);
    if (body === undefined) {
      audit.write('refused', { code: 'REMOTE_SIGNATURE' });
      return undefined;
    }
    if (!isCommand(body)) {
      audit.write('refused', { code: 'REMOTE_INVALID' });
      return undefined;
    }
    const { id, name } = body;
    if (body.agent !== identity.agent || body.site !== identity.site) {
      audit.write('refused', { id, name, code: 'REMOTE_NOT_FOR_US' });
      return undefined;
    }
    if (ledger.flaw(id, body.issued) !== undefined) {
      audit.write('refused', { id, name, code: 'REMOTE_REPLAYED' });
      this.#deps.send(this.#reply(id, 'replayed', { code: 'REMOTE_REPLAYED', message: 'it had come before' }));
      return undefined;
    }
    if (ledger.remember(id, body.expires, this.#deps.time.now())) return body;
    this.#refuse(body, 'REMOTE_BUSY', 'the box cannot remember further commands');
    return undefined;
  }

  async #flawOfTime({ issued, expires }: Command): Promise<[code: Refusal, message: string] | undefined> {
    const { time } = this.#deps;
    if (expires - issued > COMMAND_LIFE_MS_MAX || expires <= issued)
      return ['REMOTE_INVALID', 'it is to hold for too long'];
    const isNow = (): boolean => expires > time.now() && issued <= time.now() + AHEAD_MS_MAX;
    if (isNow()) return undefined;
    // A box that has no battery may be years ahead, or behind.
    const isKnown = await Promise.resolve(time.refresh?.()).then(
      () => true,
      () => false,
    );
    if (isNow()) return undefined;
    const [begin, end, clock] = [issued, expires, time.now()].map((ms) => new Date(ms).toISOString());
    if (expires <= time.now()) return ['REMOTE_EXPIRED', `it held until ${end}; on the box it is ${clock}`];
    // Whoever cannot ask may be behind himself.
    return isKnown ? ['REMOTE_INVALID', `it was made at ${begin}; on the box it is ${clock}`] : undefined;
  }

  #flawOfMeaning({ name, args }: Command): [code: Refusal, message: string] | undefined {
    if (!Object.hasOwn(COMMAND_ARGS, name)) return ['REMOTE_INVALID', `there is no command ${name}`];
    const known = name as CommandName;
    const flaw = flawOfArgs(known, withDefaults(known, args));
    if (flaw !== undefined) return ['REMOTE_INVALID', flaw];
    const forbidden = forbids(this.#deps.policy, known, withDefaults(known, args));
    if (forbidden !== undefined) return ['REMOTE_FORBIDDEN', forbidden];
    if (this.#running.has(known)) return ['REMOTE_BUSY', `another ${name} is at work`];
    if (this.#running.size >= RUNNING_MAX) return ['REMOTE_BUSY', 'too many commands are at work'];
    if (known === 'restart' && this.#deps.desired.isOnTrial)
      return ['REMOTE_BUSY', 'a configuration is on trial; a restart now would take it back'];
    return undefined;
  }

  #obey(command: Command): void {
    const { id } = command;
    const name = command.name as CommandName;
    const args = withDefaults(name, command.args);
    const accepted = this.#reply(id, 'accepted');
    this.#running.set(name, id);
    this.#deps.ledger.answer(name, accepted, name === 'restart');
    this.#deps.audit.write('accepted', { id, name, args });
    this.#deps.send(accepted);
    if (name === 'restart') {
      setTimeout(() => this.#deps.restart(), RESTART_MS);
      return;
    }
    const work = this.#run(name, id, args).finally(() => {
      this.#running.delete(name);
      this.#works.delete(work);
    });
    this.#works.add(work);
  }

  async #run(name: Exclude<CommandName, 'restart'>, id: string, args: object): Promise<void> {
    try {
      this.#done(name, id, await this.#deps.runners.run(name, id, args, this.#abort.signal));
    } catch (error) {
      const { aborted, reason } = this.#abort.signal;
      this.#failed(name, id, aborted ? reason : error);
    }
  }

  #done(name: string, id: string, result: Result): void {
    const isShort = JSON.stringify(result).length <= RESULT_CHARACTERS_MAX;
    this.#end(name, 'done', this.#reply(id, 'done', isShort ? { result } : {}));
  }

  #failed(name: string, id: string, error: unknown): void {
    const code = error instanceof CodedError ? error.code : 'REMOTE_FAILED';
    const message = describeError(error).slice(0, MESSAGE_CHARACTERS_MAX);
    this.#end(name, 'failed', this.#reply(id, 'failed', { code, message }));
  }

  #refuse({ id, name }: Command, code: Refusal, message: string): void {
    this.#end(name, 'refused', this.#reply(id, 'refused', { code, message }));
  }

  #end(name: string, what: 'done' | 'failed' | 'refused', reply: CommandReply): void {
    this.#deps.ledger.answer(name, reply);
    const { code, message } = reply;
    const why = code === undefined ? {} : { code, ...(message === undefined ? {} : { message }) };
    this.#deps.audit.write(what, { id: reply.id, name, ...why });
    this.#deps.send(reply);
  }

  #reply(id: string, state: CommandReply['state'], facts: Partial<CommandReply> = {}): CommandReply {
    return { v: REMOTE_VERSION, kind: 'command', id, state, at: this.#deps.time.now(), ...facts };
  }
}

type Refusal = 'REMOTE_INVALID' | 'REMOTE_EXPIRED' | 'REMOTE_FORBIDDEN' | 'REMOTE_BUSY';

function withDefaults(name: CommandName, args: object): object {
  return Value.Default(COMMAND_ARGS[name], structuredClone(args)) as object;
}
