import { ipv4Text, macText } from './wire/addresses.js';
import {
  ArpOperation,
  arpOperation,
  arpSenderIp,
  arpSenderMac,
  arpTargetIp,
  arpTargetMac,
  checkArp,
} from './wire/arp.js';
import { Flaw } from './wire/flaws.js';

/** Printed only when asked for: address claims belong to `asset`. */
export const ARP_DATASET = 'arp';

/** One ARP message as JSON, or undefined when it is not about Ethernet and IPv4. */
export function arpJson(b: Buffer, start: number, end: number, time: string): string | undefined {
  if (checkArp(b, start, end) !== Flaw.None) return undefined;
  const operation = arpOperation(b, start);
  return JSON.stringify({
    '@timestamp': time,
    'event.kind': 'event',
    'event.dataset': ARP_DATASET,
    'source.ip': ipv4Text(b, arpSenderIp(start)),
    'source.mac': macText(b, arpSenderMac(start)),
    'destination.ip': ipv4Text(b, arpTargetIp(start)),
    'destination.mac': macText(b, arpTargetMac(start)),
    'hinomi.arp.operation':
      operation === ArpOperation.Request ? 'request' : operation === ArpOperation.Reply ? 'reply' : String(operation),
  });
}
