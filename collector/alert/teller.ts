import { describeError } from '../../protocol/base/errors.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import type { AlertRecord } from '../../protocol/records/alert.js';
import type { AnyRecord } from '../../protocol/records/records.js';

/** What an alert of the collector's own is about: a box, or the collector itself with empty company and site. */
export interface About {
  readonly agent: string;
  readonly site: string;
  readonly company: string;
}

/** For what concerns no single office: no company's people see it. */
export const THE_COLLECTOR: About = { agent: 'collector', site: '', company: '' };

/** One thing to say. Texts: what is wrong, and what to do next. */
export interface Telling {
  readonly rule: string;
  /** The rule in a few words. */
  readonly name: string;
  readonly state: 'raised' | 'repeated' | 'recovered';
  readonly severity: number;
  readonly message: string;
  readonly messageJa: string;
  readonly subject?: string;
  readonly since?: number;
  readonly value?: number;
  readonly usual?: number;
}

export interface TellerDeps extends World {
  insert(rows: readonly AnyRecord[], token: string): Promise<void>;
}

/** Names the collector's own rows, which come from no spool. */
const EPOCH = 'collector';

/** Writes the collector's own alerts into the table, beside those of the boxes. */
export class Teller {
  readonly #deps: TellerDeps;
  #seq: number;

  constructor(deps: TellerDeps) {
    this.#deps = { ...deps, log: deps.log.child({ component: 'teller' }) };
    this.#seq = deps.clock.now();
  }

  /** @returns the row, once it is on disk; undefined when it could not be written, which is logged: try again later */
  async tell(about: About, telling: Telling): Promise<AnyRecord | undefined> {
    this.#seq += 1;
    const row = rowOf(about, telling, this.#seq, this.#deps.clock.now());
    const { rule, state, subject } = telling;
    try {
      await this.#deps.insert([row], `${EPOCH}:${about.agent}:${this.#seq}`);
      this.#deps.log.warn({ rule, state, subject, site: about.site, agent: about.agent }, 'alert');
      return row;
    } catch (error) {
      this.#deps.log.error({ rule, error: describeError(error) }, 'an alert could not be stored');
      return undefined;
    }
  }
}

function rowOf(about: About, telling: Telling, seq: number, nowMs: number): AnyRecord {
  const at = isoMillis(nowMs);
  const alert: AlertRecord = {
    '@timestamp': at,
    'event.kind': 'alert',
    'event.dataset': 'alert',
    'event.severity': telling.severity,
    'rule.id': telling.rule,
    'rule.name': telling.name,
    message: telling.message,
    'hinomi.message_ja': telling.messageJa,
    'hinomi.alert.state': telling.state,
    'hinomi.alert.since': isoMillis(telling.since ?? nowMs),
    ...(telling.subject === undefined ? {} : { 'hinomi.alert.subject': telling.subject }),
    ...(telling.value === undefined ? {} : { 'hinomi.alert.value': telling.value }),
    ...(telling.usual === undefined ? {} : { 'hinomi.alert.usual': telling.usual }),
  };
  return {
    ...alert,
    ...{ 'hinomi.company': about.company, 'hinomi.site': about.site, 'hinomi.agent': about.agent },
    ...{ 'hinomi.epoch': EPOCH, 'hinomi.lane': 'p0', 'hinomi.seq': seq, 'hinomi.row': 0 },
    'event.ingested': at,
  };
}
