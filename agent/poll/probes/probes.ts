import type { ProbeKind } from '../config.js';
import type { Probe } from '../result.js';
import { probeDns } from './dns.js';
import { probeIcmp } from './icmp.js';
import { probeRdp } from './rdp.js';
import { probeSmb } from './smb.js';
import { probeTcp } from './tcp.js';

/**
 * A new probe is a file, a section in `config.ts` and a line here. Those with a library of their own are loaded when
 * they are first needed: most boxes start faster and smaller for it.
 */
export const PROBES: Readonly<Record<ProbeKind, Probe>> = {
  icmp: probeIcmp,
  tcp: probeTcp,
  http: async (...asked) => (await import('./http.js')).probeHttp(...asked),
  dns: probeDns,
  snmp: async (...asked) => (await import('../snmp/snmp.js')).probeSnmp(...asked),
  smb: probeSmb,
  rdp: probeRdp,
};
