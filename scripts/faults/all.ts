import type { Fault } from './fault.js';
import { frozenBroker } from './frozen-broker.js';
import { hostileBox } from './hostile.js';
import { kills } from './kills.js';
import { spoolDamage } from './spool-damage.js';

/** In the order of the table. */
export const FAULTS: readonly Fault[] = [kills, spoolDamage, hostileBox, frozenBroker];

/** Those that every test run plays, in their short form: under a minute together. */
export const SHORT_FAULTS: readonly Fault[] = [kills, spoolDamage, hostileBox];
