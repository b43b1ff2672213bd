import { readFileSync } from 'node:fs';

/** What Linux says about an interface. */
export interface LinkState {
  /** Another number means another interface, even under the same name. */
  readonly ifindex: number;
  /** up, down, lowerlayerdown, unknown, ... */
  readonly operstate: string;
  readonly rxPackets: number;
}

const NAME = /^[^/\s]{1,64}$/;

/** Undefined when there is no such interface (`any` is none). */
export function readLinkState(name: string): LinkState | undefined {
  if (!NAME.test(name) || name.startsWith('.')) return undefined;
  try {
    const read = (file: string): string => readFileSync(`/sys/class/net/${name}/${file}`, 'utf8').trim();
    return {
      ifindex: Number(read('ifindex')),
      operstate: read('operstate'),
      rxPackets: Number(read('statistics/rx_packets')),
    };
  } catch {
    return undefined;
  }
}
