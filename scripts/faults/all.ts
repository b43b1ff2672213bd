import { clocks } from './clock.js';
import { diskFullBox } from './disk-full-box.js';
import { diskFullCollector } from './disk-full-collector.js';
import { collectorAtLimit, engineFrozen, engineKilled, engineStarved } from './engine.js';
import type { Fault } from './fault.js';
import { frozenBroker } from './frozen-broker.js';
import { halfOpen } from './half-open.js';
import { hostileBox } from './hostile.js';
import { duplicatedIdentity, expiredCertificate, revokedCertificate } from './identity.js';
import { kills } from './kills.js';
import { readOnlyBox } from './read-only-box.js';
import { spoolDamage } from './spool-damage.js';
import { storeDamage } from './store-damage.js';

/** In the order of the table. */
export const FAULTS: readonly Fault[] = [
  kills,
  spoolDamage,
  storeDamage,
  diskFullBox,
  diskFullCollector,
  readOnlyBox,
  ...clocks,
  expiredCertificate,
  revokedCertificate,
  duplicatedIdentity,
  frozenBroker,
  halfOpen,
  hostileBox,
  engineKilled,
  engineFrozen,
  engineStarved,
  collectorAtLimit,
];

/** Those that every test run plays, in their short form: under a minute together. */
export const SHORT_FAULTS: readonly Fault[] = [kills, spoolDamage, hostileBox, engineKilled];
