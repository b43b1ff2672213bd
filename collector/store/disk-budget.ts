import type { Usage } from './telemetry.js';

/** Of a disk, or of the share of it that the table may take. */
export interface Space {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** 0: all lanes are taken; 1 to 3: one lane less each, p3 first; 4: nothing is written any more. */
export type Pressure = 0 | 1 | 2 | 3 | 4;

/**
 * Free space at which a level begins: a share of the disk, and never more than so many bytes. What is left at the last
 * one is for merges, the state and the log: nothing of ours fills a disk to its end.
 */
const LEVELS: ReadonlyArray<{ readonly level: Pressure; readonly share: number; readonly bytes: number }> = [
  { level: 4, share: 0.02, bytes: 512 * 2 ** 20 },
  { level: 3, share: 0.04, bytes: 2 * 2 ** 30 },
  { level: 2, share: 0.06, bytes: 4 * 2 ** 30 },
  { level: 1, share: 0.1, bytes: 8 * 2 ** 30 },
];
/** A level ends when there is this much more than it began with. */
const RELIEF = 1.2;

export function pressureOf({ totalBytes, freeBytes }: Space, before: Pressure): Pressure {
  for (const { level, share, bytes } of LEVELS) {
    const begin = Math.min(totalBytes * share, bytes);
    if (freeBytes < begin * (level <= before ? RELIEF : 1)) return level;
  }
  return 0;
}

export interface Outlook {
  /** On an average day. */
  readonly bytesPerDay: number;
  /** Infinity when what comes is no more than what reaches the end of its retention. */
  readonly daysLeft: number;
}

/**
 * When the first level of pressure comes, from the days before today. Today is not over: it counts when there is no
 * other. What is thrown away at the end of its retention is counted as if it were even over the days.
 */
export function outlookOf({ bytes, days, retentionDays }: Usage, { totalBytes, freeBytes }: Space): Outlook {
  const whole = days.length > 1 ? days.slice(0, -1) : days;
  const bytesPerDay = whole.reduce((sum, day) => sum + day.bytes, 0) / Math.max(1, whole.length);
  const first = LEVELS[LEVELS.length - 1]!;
  const roomBytes = freeBytes - Math.min(totalBytes * first.share, first.bytes);
  const finalBytes = bytesPerDay * retentionDays;
  const isEnough = retentionDays > 0 && finalBytes - bytes <= roomBytes;
  if (bytesPerDay === 0 || isEnough) return { bytesPerDay, daysLeft: roomBytes > 0 ? Number.POSITIVE_INFINITY : 0 };
  return { bytesPerDay, daysLeft: Math.max(0, roomBytes / bytesPerDay) };
}
