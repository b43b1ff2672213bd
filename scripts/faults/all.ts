import type { Fault } from './fault.js';
import { frozenBroker } from './frozen-broker.js';
import { hostileBox } from './hostile.js';
import { kills } from './kills.js';

/** In the order of the table. */
export const FAULTS: readonly Fault[] = [kills, hostileBox, frozenBroker];
