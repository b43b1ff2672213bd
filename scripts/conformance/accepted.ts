import type { AcceptedDifference } from './tally.js';

/** Differences that are meant. An entry that covers nothing any more is named at the end of the table. */
export const ACCEPTED: readonly AcceptedDifference[] = [];
