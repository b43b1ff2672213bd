import { CodedError } from '../../../protocol/base/errors.js';
import { VLANS_MAX } from '../wire/frame.js';
import type { Network } from './addresses.js';
import { type Condition, type Direction, type Expression, placeVlans } from './ast.js';

export const Op = {
  Version: 0,
  Protocol: 1,
  Arp: 2,
  Vlan: 3,
  Ipv4: 4,
  Ipv6: 5,
  Ports: 6,
  Mac: 7,
  Group: 8,
  Length: 9,
} as const;
export const BothWays = { Source: 0, Destination: 1, Either: 2, Both: 3 } as const;
const DIRECTIONS: Readonly<Record<Direction, number>> = {
  src: BothWays.Source,
  dst: BothWays.Destination,
  'src or dst': BothWays.Either,
  'src and dst': BothWays.Both,
};

/** An instruction: what to look for, its three operands, and where to go on when it is so and when it is not. */
export const STEP = 6;
export const ON_TRUE = 4;
export const ON_FALSE = 5;
export const ACCEPT = -1;
export const REJECT = -2;
const ANY_VLAN = -1;

/** Instructions that lead to lower places only, so that a run ends; and the addresses that they name by index. */
export interface Program {
  readonly code: Int32Array;
  readonly words: Uint32Array;
  readonly entry: number;
}

/** @throws CAPTURE_FILTER */
export function compile(expression: Expression): Program {
  if (placeVlans(expression, 0) > VLANS_MAX)
    throw new CodedError('CAPTURE_FILTER', `the filter asks for more than ${VLANS_MAX} tags in one another`);
  const code: number[] = [];
  const words: number[] = [];
  const entry = new Compiler(code, words).place(expression, ACCEPT, REJECT);
  return { code: Int32Array.from(code), words: Uint32Array.from(words), entry };
}

class Compiler {
  readonly #code: number[];
  readonly #words: number[];

  constructor(code: number[], words: number[]) {
    this.#code = code;
    this.#words = words;
  }

  /** What is gone on to is placed first. @returns where the expression begins */
  place(of: Expression, onTrue: number, onFalse: number): number {
    switch (of.kind) {
      case 'and':
        return this.place(of.left, this.place(of.right, onTrue, onFalse), onFalse);
      case 'or':
        return this.place(of.left, onTrue, this.place(of.right, onTrue, onFalse));
      case 'not':
        return this.place(of.of, onFalse, onTrue);
      default:
        this.#code.push(...this.#operation(of), onTrue, onFalse);
        return this.#code.length - STEP;
    }
  }

  #operation(of: Condition): [op: number, a: number, b: number, c: number] {
    switch (of.kind) {
      case 'version':
        return [Op.Version, of.version, 0, 0];
      case 'protocol':
        return [Op.Protocol, of.version, of.protocol, 0];
      case 'arp':
        return [Op.Arp, 0, 0, 0];
      case 'vlan':
        return [Op.Vlan, of.depth, of.id ?? ANY_VLAN, 0];
      case 'ports':
        return [Op.Ports, DIRECTIONS[of.direction], of.low, of.high];
      case 'mac':
        return [Op.Mac, DIRECTIONS[of.direction], of.high, of.low | 0];
      case 'group':
        return [Op.Group, of.isBroadcast ? 1 : 0, 0, 0];
      case 'length':
        return [Op.Length, of.min, of.max, 0];
      case 'address':
        return [of.network.version === 4 ? Op.Ipv4 : Op.Ipv6, DIRECTIONS[of.direction], this.#keep(of.network), 0];
    }
  }

  /** @returns index of the address; its mask follows */
  #keep({ version, address, mask }: Network): number {
    const count = version === 4 ? 1 : 4;
    return this.#words.push(...address.subarray(0, count), ...mask.subarray(0, count)) - 2 * count;
  }
}
