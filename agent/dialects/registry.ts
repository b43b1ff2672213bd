import type { Dialect } from './dialect.js';
import { genericCef } from './generic/cef.js';
import { csv } from './generic/csv.js';
import { genericJson } from './generic/json.js';
import { keyValue } from './generic/key-value.js';
import { genericLeef } from './generic/leef.js';

/** Makers, in the order in which they are asked: the first that knows a message has it. */
export const VENDORS: readonly Dialect[] = [];

/** Forms without a maker, for what is left. */
export const FORMATS: readonly Dialect[] = [genericCef, genericLeef, genericJson];

/** Forms that nearly everything has: not asked where the header is wrong. */
export const GUESSES: readonly Dialect[] = [keyValue, csv];
