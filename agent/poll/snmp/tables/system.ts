import type { Varbind } from 'net-snmp';
import type { Facts } from '../../result.js';
import { numberOf, textOf } from '../values.js';

// RFC 3418: the system group.
const DESCRIPTION = '1.3.6.1.2.1.1.1.0';
const UPTIME = '1.3.6.1.2.1.1.3.0';
const NAME = '1.3.6.1.2.1.1.5.0';
const LOCATION = '1.3.6.1.2.1.1.6.0';
/** RFC 3411 5: whole seconds since the agent was started. It does not begin again after 497 days. */
const ENGINE_TIME = '1.3.6.1.6.3.10.2.1.3.0';
const TICKS_PER_S = 100;

export const SYSTEM = [DESCRIPTION, UPTIME, NAME, LOCATION, ENGINE_TIME] as const;

/** sysUpTime, in hundredths of a second. */
export const ticksOf = (values: ReadonlyMap<string, Varbind>): number | undefined => {
  const ticks = numberOf(values.get(UPTIME));
  return ticks === undefined || ticks < 0 ? undefined : ticks;
};

export function readSystem(values: ReadonlyMap<string, Varbind>): Facts {
  const ticks = ticksOf(values);
  const seconds = Math.max(numberOf(values.get(ENGINE_TIME)) ?? 0, Math.floor((ticks ?? 0) / TICKS_PER_S));
  const [name, description, location] = [NAME, DESCRIPTION, LOCATION].map((oid) => textOf(values.get(oid)));
  return {
    ...(name === undefined ? {} : { 'host.name': name }),
    ...(description === undefined ? {} : { 'hinomi.endpoint.description': description }),
    ...(location === undefined ? {} : { 'hinomi.endpoint.location': location }),
    ...(ticks === undefined ? {} : { 'host.uptime': seconds }),
  };
}
