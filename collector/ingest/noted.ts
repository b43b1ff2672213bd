import { CANARY_LABEL } from '../../protocol/records/canary.js';
import type { AnyRecord } from '../../protocol/records/records.js';

/** What the collector itself looks at when it is stored: what a box sees, its alarms, its canary. */
const DATASETS: ReadonlySet<unknown> = new Set(['alert', 'canary', 'coverage']);

export function isNoted(record: AnyRecord): boolean {
  const dataset = record['event.dataset'];
  if (dataset !== 'dns') return DATASETS.has(dataset);
  const name = record['dns.question.name'];
  return typeof name === 'string' && name.startsWith(CANARY_LABEL);
}
