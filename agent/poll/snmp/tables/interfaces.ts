import type { Conversation, Row } from '../conversation.js';
import type { Rates } from '../rates.js';
import type { Findings } from '../table.js';
import { bigOf, numberOf, textOf } from '../values.js';

// RFC 2863: ifTable and ifXTable.
const IF = '1.3.6.1.2.1.2.2.1';
const IFX = '1.3.6.1.2.1.31.1.1.1';
const COLUMNS = {
  description: `${IF}.2`,
  speed: `${IF}.5`,
  state: `${IF}.8`,
  in32: `${IF}.10`,
  inDiscards: `${IF}.13`,
  inErrors: `${IF}.14`,
  out32: `${IF}.16`,
  outDiscards: `${IF}.19`,
  outErrors: `${IF}.20`,
  name: `${IFX}.1`,
  in64: `${IFX}.6`,
  out64: `${IFX}.10`,
  megabits: `${IFX}.15`,
  discontinuity: `${IFX}.19`,
} as const;
type Column = keyof typeof COLUMNS;
const NAMES = Object.keys(COLUMNS) as Column[];

const UP = 1;
const MEGA = 1_000_000;
/** Where the speed is not told: more than any port of an office. */
const BITS_MAX = 400_000 * MEGA;
/** A port may be a little faster than it says; one that tells of more lies, or was set back. */
const SLACK = 1.25;
const EVENTS_MAX = 1_000_000_000;
const BITS = 8;

/** Traffic, errors and discards of each interface that is up, per second. */
export async function readInterfaces(
  conversation: Conversation,
  rowsMax: number,
  rates: Rates,
  findings: Findings,
): Promise<void> {
  const rows = await conversation.rows(Object.values(COLUMNS), rowsMax);
  for (const [index, row] of rows) readInterface(row, index, rates, findings);
}

function readInterface(row: Row, index: string, rates: Rates, findings: Findings): void {
  const at = (column: Column) => row[NAMES.indexOf(column)];
  const instance = textOf(at('name')) ?? textOf(at('description')) ?? index;
  const state = numberOf(at('state'));
  if (state !== UP) {
    if (state !== undefined) findings.sample('interface.up', 'boolean', 0, instance);
    return;
  }
  // RFC 2863: after a discontinuity a counter is another one.
  const key = `${index}/${numberOf(at('discontinuity')) ?? 0}`;
  const bitsMax = (numberOf(at('megabits')) || 0) * MEGA || numberOf(at('speed')) || BITS_MAX;
  const bytesMax = (Math.min(bitsMax, BITS_MAX) * SLACK) / BITS;
  for (const side of ['in', 'out'] as const) {
    const wide = bigOf(at(`${side}64`));
    const value = wide ?? bigOf(at(`${side}32`));
    const rate =
      value === undefined
        ? undefined
        : rates.rate(`${key}/${side}${wide === undefined ? 32 : 64}`, value, wide === undefined ? 32 : 64, bytesMax);
    findings.sample(`interface.${side}`, 'bit/s', rate === undefined ? undefined : rate * BITS, instance);
    for (const [column, name] of [
      [`${side}Errors`, 'errors'],
      [`${side}Discards`, 'discards'],
    ] as const) {
      const events = bigOf(at(column));
      const perSecond = events === undefined ? undefined : rates.rate(`${key}/${column}`, events, 32, EVENTS_MAX);
      findings.sample(`interface.${side}_${name}`, '1/s', perSecond, instance);
    }
  }
}
