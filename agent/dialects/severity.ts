/** Names of syslog severities, RFC 5424 6.2.1, by code. */
const LEVELS = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'informational', 'debug'] as const;

/** 0 to 100 of the words that vendors use. */
const SEVERITIES: Readonly<Record<string, number>> = {
  emergency: 100,
  emerg: 100,
  panic: 100,
  fatal: 100,
  alert: 90,
  urgent: 90,
  'very-high': 90,
  'very high': 90,
  critical: 90,
  crit: 90,
  severe: 90,
  high: 75,
  major: 75,
  error: 70,
  err: 70,
  medium: 50,
  moderate: 50,
  warning: 50,
  warn: 50,
  minor: 40,
  low: 25,
  notice: 25,
  notification: 25,
  notify: 25,
  informational: 10,
  information: 10,
  info: 10,
  normal: 10,
  none: 10,
  clean: 10,
  debug: 0,
  debugging: 0,
  trace: 0,
  unknown: 0,
};

/** 0-100 of a severity word. Undefined for a word that is none, numbers included: their scale is the vendor's own. */
export function severityOf(word: string): number | undefined {
  const key = word.trim().toLowerCase();
  return Object.hasOwn(SEVERITIES, key) ? SEVERITIES[key] : undefined;
}

/** The severity's name of a syslog priority, such as `warning`. */
export function levelOfPriority(priority: number): string {
  return LEVELS[priority & 7] as string;
}
