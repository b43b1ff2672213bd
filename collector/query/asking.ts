import { CodedError } from '../../protocol/base/errors.js';
import type { World } from '../../protocol/base/world.js';
import { type AnyRecord, FIELDS, type Field } from '../../protocol/records/records.js';
import { type CompileDeps, type Condition, compile } from './compile.js';
import { parseQuery } from './parser.js';
import { parseTime } from './time.js';

export interface AskingDeps extends World, Omit<CompileDeps, 'nowMs'> {
  search(request: {
    readonly companies: readonly string[] | undefined;
    readonly where: Condition;
    readonly fromMs: number;
    readonly toMs: number;
    readonly limit: number;
    readonly by: '@timestamp' | 'event.ingested';
  }): Promise<AnyRecord[]>;
}

export interface Question {
  readonly companies: readonly string[] | undefined;
  readonly query: string;
  readonly from: string;
  readonly to: string;
  readonly limit: number;
  /** Which time the range is of; `event` where it is left out. */
  readonly by?: 'event' | 'ingested';
}

/** A device's clock may run ahead of ours: `now` as the end of a range does not hide what it just sent. */
const AHEAD_MS = 10 * 60_000;

/** From a question to records. */
export class Asking {
  readonly #deps: AskingDeps;

  constructor(deps: AskingDeps) {
    this.#deps = deps;
  }

  /** @throws QUERY_INVALID, QUERY_LIMIT, STORE_QUERY_FAILED */
  async ask(question: Question): Promise<{ events: AnyRecord[]; fromMs: number; toMs: number }> {
    const nowMs = this.#deps.clock.now();
    const fromMs = parseTime(question.from, nowMs);
    const toMs = question.to === 'now' ? nowMs + AHEAD_MS : parseTime(question.to, nowMs);
    if (fromMs >= toMs) throw new CodedError('QUERY_INVALID', 'the range ends before it begins');
    const where = compile(parseQuery(question.query), { ...this.#deps, nowMs });
    const { companies, limit } = question;
    const by = question.by === 'ingested' ? 'event.ingested' : '@timestamp';
    return { events: await this.#deps.search({ companies, where, fromMs, toMs, limit, by }), fromMs, toMs };
  }

  /** What can be asked for. */
  fields(): readonly Field[] {
    return [...FIELDS.values()];
  }
}
