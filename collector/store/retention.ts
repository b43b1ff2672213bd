import { RETENTION_DAYS } from './config.js';

/** How many days a record is kept, by its dataset. */
export type RetentionOf = (dataset: unknown) => number;

/** @param configured `store.retentionDays`, over what is built in */
export function retentionBy(configured: Readonly<Record<string, number>>): RetentionOf {
  const days = new Map(Object.entries({ ...RETENTION_DAYS, ...configured }));
  const others = days.get('default') ?? 0;
  return (dataset) => (dataset === 'default' ? others : (days.get(String(dataset)) ?? others));
}

export const RETENTION_COLUMN = 'hinomi.retention';
