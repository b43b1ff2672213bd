import type { Bytes } from '../wire/bytes.js';
import type { Frame } from '../wire/frame.js';
import { FLOW_TUNNELS_MAX, FLOW_VLANS_MAX, type FlowCounters } from './flow-counters.js';

/** A side's MAC: from its own packets, or as its peer addressed it until it speaks. */
const MAC_OWN = 1;
const MAC_ADDRESSED = 2;

/** Keeps what a packet says about its flow beside the counts: addresses of the link, tags, tunnels. */
export function noteFrame(c: FlowCounters, slot: number, side: number, frame: Frame, b: Bytes): void {
  if (c.hasMac[slot * 2 + side] !== MAC_OWN && frame.sourceMac >= 0) noteMacs(c, slot, side, frame, b);
  if (frame.vlanCount > 0) noteVlans(c, slot, frame);
  if (frame.tunnelCount > 0 && c.tunnelCount[slot] === 0) noteTunnel(c, slot, side, frame, b);
}

function noteMacs(c: FlowCounters, slot: number, side: number, frame: Frame, b: Bytes): void {
  const at = slot * 2 + side;
  c.hasMac[at] = MAC_OWN;
  for (let i = 0; i < 6; i++) c.macs[at * 6 + i] = b[frame.sourceMac + i]!;
  const peer = slot * 2 + 1 - side;
  if (frame.destinationMac < 0 || c.hasMac[peer] !== 0) return;
  for (let i = 0; i < 6; i++) c.macs[peer * 6 + i] = b[frame.destinationMac + i]!;
  c.hasMac[peer] = MAC_ADDRESSED;
}

function noteVlans(c: FlowCounters, slot: number, frame: Frame): void {
  for (let tag = 0; tag < Math.min(frame.vlanCount, FLOW_VLANS_MAX); tag++) {
    const id = frame.vlans[tag]!;
    const count = c.vlanCount[slot]!;
    let isKnown = false;
    for (let i = 0; i < count; i++) isKnown ||= c.vlans[slot * FLOW_VLANS_MAX + i] === id;
    if (isKnown || count >= FLOW_VLANS_MAX) continue;
    c.vlans[slot * FLOW_VLANS_MAX + count] = id;
    c.vlanCount[slot] = count + 1;
  }
}

function noteTunnel(c: FlowCounters, slot: number, side: number, frame: Frame, b: Bytes): void {
  const count = Math.min(frame.tunnelCount, FLOW_TUNNELS_MAX);
  c.tunnelCount[slot] = count;
  for (let i = 0; i < count; i++) c.tunnels[slot * FLOW_TUNNELS_MAX + i] = frame.tunnels[i]!;
  c.outerVersion[slot] = frame.outerVersion;
  if (frame.outerVersion === 0) return;
  const bytes = frame.outerVersion === 4 ? 4 : 16;
  const source = side === 0 ? frame.outerSource : frame.outerDestination;
  const destination = side === 0 ? frame.outerDestination : frame.outerSource;
  for (let i = 0; i < bytes; i++) {
    c.outer[slot * 32 + i] = b[source + i]!;
    c.outer[slot * 32 + 16 + i] = b[destination + i]!;
  }
}
