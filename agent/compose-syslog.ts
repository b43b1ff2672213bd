import type { World } from '../protocol/base/world.js';
import type { AgentConfig } from './config.js';
import { Dialects } from './dialects/dialects.js';
import type { Spool } from './spool/spool.js';
import { Syslog } from './syslog/syslog.js';

/** Who receives messages, and what they are read with: one set of dialects for each zone that clocks are in. */
export function makeSyslog(config: AgentConfig, { spool, ...world }: World & { readonly spool: Spool }): Syslog {
  const byZone = new Map<string, Dialects>();
  const dialectsOf = (zone: string): Dialects => {
    let dialects = byZone.get(zone);
    if (dialects === undefined) {
      dialects = new Dialects({ zone });
      byZone.set(zone, dialects);
    }
    return dialects;
  };
  return new Syslog(config.syslog, {
    ...world,
    dataFolder: config.data,
    record: (text, receivedMs, zone) => dialectsOf(zone).record(text, receivedMs),
    accept: (lane, line) => void spool.append(lane, line),
    lost: (lane, reason, count, bytes) => spool.noteLoss(lane, reason, count, bytes),
  });
}
