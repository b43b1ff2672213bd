/**
 * The key space of the state database: one prefix a table, `prefix/key`. The only file that knows it. A retired
 * prefix is never used for anything else.
 */
export const PREFIXES = {
  companies: 'company',
  sites: 'site',
  agents: 'agent',
  enrolments: 'enrolment',
  users: 'user',
  tokens: 'token',
  sessions: 'session',
  audit: 'audit',
  deadLetters: 'dead-letter',
  doneMarks: 'done-mark',
  commands: 'command',
  siteConfigs: 'site-config',
  boxConfigs: 'box-config',
  contacts: 'contact',
  alarms: 'alarm',
  edrAccounts: 'edr-account',
  edrCursors: 'edr-cursor',
  edrJobs: 'edr-job',
} as const;
export type TableName = keyof typeof PREFIXES;

/** Number of the last change that is in the database; no table's. */
export const LAST_CHANGE_KEY = 'journal/last';

const SEPARATOR = '/';
/** Sorts behind every character that a key may hold. */
const LAST = '\u{10FFFF}';

export function keyOf(table: TableName, key: string): string {
  return `${PREFIXES[table]}${SEPARATOR}${key}`;
}

/** Bounds of all keys of a table that begin with a prefix. */
export function rangeOf(table: TableName, prefix = ''): { gte: string; lt: string } {
  const start = keyOf(table, prefix);
  return { gte: start, lt: `${start}${LAST}` };
}

/** The table's own key of a stored one. */
export function plainKey(table: TableName, stored: string): string {
  return stored.slice(PREFIXES[table].length + SEPARATOR.length);
}
