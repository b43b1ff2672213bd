import { Type } from 'typebox';

/** Priorities of delivery, highest first. DESIGN section 5. */
export const LANES = ['p0', 'p1', 'p2', 'p3'] as const;
export type Lane = (typeof LANES)[number];
export const LaneSchema = Type.Enum([...LANES]);

const LANE_OF_DATASET: Readonly<Record<string, Lane>> = {
  alert: 'p0',
  gap: 'p0',
  utm: 'p1',
  edr: 'p1',
  endpoint: 'p1',
  asset: 'p1',
  health: 'p1',
  coverage: 'p1',
  canary: 'p1',
  source: 'p1',
  dns: 'p2',
  tls: 'p2',
  http: 'p2',
  dhcp: 'p2',
  session: 'p2',
  flow: 'p3',
  metric: 'p3',
};

/** The lane of a dataset; unknown ones travel in the lowest. */
export function laneOf(dataset: string): Lane {
  return LANE_OF_DATASET[dataset] ?? 'p3';
}

/** The lane of one record: of what a UTM or an EDR says, that something bad was found travels with the alerts. DESIGN section 5. */
export function laneOfRecord(record: Readonly<Record<string, unknown>>): Lane {
  const dataset = String(record['event.dataset']);
  return (dataset === 'utm' || dataset === 'edr') && record['event.kind'] === 'alert' ? 'p0' : laneOf(dataset);
}
