import type { Network } from './addresses.js';

export type Direction = 'src' | 'dst' | 'src or dst' | 'src and dst';

/** One condition on a packet. */
export type Condition =
  | { readonly kind: 'version'; readonly version: 4 | 6 }
  /** Above IP; version 0: of either. */
  | { readonly kind: 'protocol'; readonly version: 0 | 4 | 6; readonly protocol: number }
  | { readonly kind: 'arp' }
  /** The tag at `depth` (0 is the outermost); without an id: that there is one. */
  | { readonly kind: 'vlan'; readonly id?: number; depth: number }
  | { readonly kind: 'address'; readonly direction: Direction; readonly network: Network }
  | { readonly kind: 'ports'; readonly direction: Direction; readonly low: number; readonly high: number }
  | { readonly kind: 'mac'; readonly direction: Direction; readonly high: number; readonly low: number }
  | { readonly kind: 'group'; readonly isBroadcast: boolean }
  /** Bytes on the wire, both included. */
  | { readonly kind: 'length'; readonly min: number; readonly max: number };

export type Expression =
  | Condition
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly of: Expression };

/**
 * Gives each `vlan` its depth: in what stands behind `and` the next tag is meant, and both sides of `or` begin at the
 * same one. (tcpdump goes one deeper behind `or` and `not` as well, which nobody wants.)
 * @returns how many tags are looked at in a packet that passes
 */
export function placeVlans(of: Expression, depth: number): number {
  switch (of.kind) {
    case 'and':
      return placeVlans(of.right, placeVlans(of.left, depth));
    case 'or':
      return Math.max(placeVlans(of.left, depth), placeVlans(of.right, depth));
    case 'not':
      placeVlans(of.of, depth);
      return depth;
    case 'vlan':
      of.depth = depth;
      return depth + 1;
    default:
      return depth;
  }
}
