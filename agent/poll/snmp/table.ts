import type { Varbind } from 'net-snmp';
import type { Reason } from '../reasons.js';
import type { Facts, Sample } from '../result.js';
import type { Row } from './conversation.js';
import { numberOf, textOf } from './values.js';

export interface Trouble {
  readonly reason: Reason;
  /** Which part of the device, in its own words. */
  readonly what: string;
}

/** What a device says about itself. */
export class Findings {
  readonly samples: Sample[] = [];
  readonly facts: Facts = {};
  readonly troubles: Trouble[] = [];

  sample(name: string, unit: string, value: number | undefined, instance?: string): void {
    if (value === undefined || !Number.isFinite(value)) return;
    this.samples.push(instance === undefined ? { name, unit, value } : { name, unit, value, instance });
  }

  trouble(reason: Reason, what: string): void {
    this.troubles.push({ reason, what });
  }
}

/** One value of a device: a figure, a fact, or by which it is told that something is wrong. */
export interface Scalar {
  readonly oid: string;
  readonly metric?: { readonly name: string; readonly unit: string; readonly scale?: number };
  readonly fact?: keyof Facts & (`observer.${string}` | `host.name` | `hinomi.endpoint.${'description' | 'location'}`);
  trouble?(value: number): Reason | undefined;
}

/** A table of a device, read row by row. */
export interface Rows {
  readonly columns: readonly string[];
  readonly rowsMax: number;
  read(row: Row, index: string, findings: Findings): void;
}

/** What one kind of device tells. Its OIDs, and nothing of how they are asked for. */
export interface DeviceTable {
  readonly name: string;
  /** A device that has this one is of the kind. */
  readonly mark: string;
  readonly facts?: Facts;
  readonly scalars: readonly Scalar[];
  readonly rows?: readonly Rows[];
}

/** What the scalars of a table come to. */
export function readScalars(table: DeviceTable, values: ReadonlyMap<string, Varbind>, findings: Findings): void {
  Object.assign(findings.facts, table.facts);
  for (const { oid, metric, fact, trouble } of table.scalars) {
    const varbind = values.get(oid);
    const number = numberOf(varbind);
    const text = textOf(varbind);
    if (metric !== undefined && number !== undefined)
      findings.sample(metric.name, metric.unit, number * (metric.scale ?? 1));
    if (fact !== undefined && text !== undefined) Object.assign(findings.facts, { [fact]: text });
    const reason = number === undefined ? undefined : trouble?.(number);
    if (reason !== undefined) findings.trouble(reason, table.name);
  }
}
