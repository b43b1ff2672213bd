import type { ProbeKind } from '../config.js';
import type { Probe } from '../result.js';
import { probeSnmp } from '../snmp/snmp.js';
import { probeDns } from './dns.js';
import { probeHttp } from './http.js';
import { probeIcmp } from './icmp.js';
import { probeRdp } from './rdp.js';
import { probeSmb } from './smb.js';
import { probeTcp } from './tcp.js';

/** A new probe is a file, a section in `config.ts` and a line here. */
export const PROBES: Readonly<Record<ProbeKind, Probe>> = {
  icmp: probeIcmp,
  tcp: probeTcp,
  http: probeHttp,
  dns: probeDns,
  snmp: probeSnmp,
  smb: probeSmb,
  rdp: probeRdp,
};
