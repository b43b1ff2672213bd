import type { Session, Varbind } from 'net-snmp';
import type { Reason } from '../reasons.js';
import { isAfter, isBelow, isValue } from './values.js';

/** Of one question; small agents answer `tooBig` to more. */
const OIDS_MAX = 12;
const COLUMNS_MAX = 8;
const REPETITIONS = 6;
/** Of one probe: what a liar can make it take in. */
const VARBINDS_MAX = 20_000;

/** Why a conversation ended: by its code alone, since texts of the library have the community in them. */
export class SnmpFailure extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(reason);
    this.reason = reason;
  }
}

/** A row of a table: the columns in the order in which they were asked for. */
export type Row = readonly (Varbind | undefined)[];

/** Questions to one device, whose answers are held against what was asked. */
export class Conversation {
  readonly #session: Session;
  /** Rejects when the probe has to end. */
  readonly #ended: Promise<never>;
  readonly #reasonOf: (error: Error) => Reason;
  #varbinds = 0;

  constructor(session: Session, ended: Promise<never>, reasonOf: (error: Error) => Reason) {
    this.#session = session;
    this.#ended = ended;
    this.#reasonOf = reasonOf;
  }

  /** What there is of it. @throws SnmpFailure */
  async get(oids: readonly string[]): Promise<Map<string, Varbind>> {
    const found = new Map<string, Varbind>();
    for (let start = 0; start < oids.length; start += OIDS_MAX) {
      const asked = oids.slice(start, start + OIDS_MAX);
      const varbinds = await this.#ask<Varbind[]>((done) => this.#session.get(asked, done));
      this.#count(varbinds.length);
      for (const [index, varbind] of varbinds.entries()) {
        if (varbind.oid !== asked[index]) throw new SnmpFailure('malformed');
        if (isValue(varbind)) found.set(varbind.oid, varbind);
      }
    }
    return found;
  }

  /** Rows by their index, the first ones of a table. @throws SnmpFailure */
  async rows(columns: readonly string[], rowsMax: number): Promise<Map<string, Row>> {
    const rows = new Map<string, (Varbind | undefined)[]>();
    for (let start = 0; start < columns.length; start += COLUMNS_MAX)
      await this.#walk(columns.slice(start, start + COLUMNS_MAX), start, rows, rowsMax);
    return rows;
  }

  /** GETBULK until each column has come to its end, to the most rows, or does not move forward any more. */
  async #walk(
    columns: readonly string[],
    first: number,
    rows: Map<string, (Varbind | undefined)[]>,
    rowsMax: number,
  ): Promise<void> {
    let open = columns.map((column, index) => ({ column, place: first + index, cursor: column, count: 0 }));
    while (open.length > 0 && rowsMax > 0) {
      const cursors = open.map(({ cursor }) => cursor);
      const lists = await this.#ask<Varbind[][]>((done) => this.#session.getBulk(cursors, 0, REPETITIONS, done));
      this.#count(lists.reduce((sum, list) => sum + list.length, 0));
      open = open.filter((one, index) => {
        const list = lists[index] ?? [];
        for (const varbind of list) {
          if (!isValue(varbind) || !isBelow(varbind.oid, one.column) || !isAfter(varbind.oid, one.cursor)) return false;
          one.cursor = varbind.oid;
          one.count += 1;
          keep(rows, varbind, one.column, one.place, rowsMax);
          if (one.count >= rowsMax) return false;
        }
        return list.length > 0;
      });
    }
  }

  #count(varbinds: number): void {
    this.#varbinds += varbinds;
    if (this.#varbinds > VARBINDS_MAX) throw new SnmpFailure('too-large');
  }

  #ask<T>(ask: (done: (error: Error | null, answer: T) => void) => void): Promise<T> {
    const answered = new Promise<T>((resolve, reject) => {
      ask((error, answer) => (error === null ? resolve(answer) : reject(new SnmpFailure(this.#reasonOf(error)))));
    });
    return Promise.race([answered, this.#ended]);
  }
}

/** A row that only a later column knows is none: its index is made up, or it has just come. */
function keep(
  rows: Map<string, (Varbind | undefined)[]>,
  varbind: Varbind,
  column: string,
  place: number,
  rowsMax: number,
): void {
  const index = varbind.oid.slice(column.length + 1);
  const row = rows.get(index);
  if (row !== undefined) row[place] = varbind;
  else if (rows.size < rowsMax) {
    const fresh: (Varbind | undefined)[] = [];
    fresh[place] = varbind;
    rows.set(index, fresh);
  }
}
