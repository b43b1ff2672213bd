import { decodeDhcp4, isDhcp4 } from '../../wire/dhcp4.js';
import { decodeDhcp6, isDhcp6 } from '../../wire/dhcp6.js';
import { type Conversation, type Protocol, type Session, Verdict } from '../session.js';

const isPort6 = (port: number): boolean => port === 546 || port === 547;

/** DHCPv4 and BOOTP. */
export const DHCP: Protocol = {
  name: 'dhcp',
  transport: 'udp',
  datasets: ['dhcp'],
  recognise: (b, start, end, fromPort, toPort) => (isDhcp4(b, start, end, fromPort, toPort) ? Verdict.Yes : Verdict.No),
  open: (conversation) => new DhcpSession(conversation, isDhcp4, decodeDhcp4),
};

/** DHCPv6. */
export const DHCPV6: Protocol = {
  name: 'dhcpv6',
  transport: 'udp',
  datasets: ['dhcp'],
  recognise: (b, start, end, fromPort, toPort) =>
    (isPort6(fromPort) || isPort6(toPort)) && isDhcp6(b, start, end) ? Verdict.Yes : Verdict.No,
  open: (conversation) => new DhcpSession(conversation, isDhcp6, decodeDhcp6),
};

type IsMessage = (b: Buffer, start: number, end: number, fromPort: number, toPort: number) => boolean;
type Decode = (b: Buffer, start: number, end: number) => Record<string, unknown>;

/** One record for each message: what a device asks for, and in which order, tells what it is. */
class DhcpSession implements Session {
  readonly #conversation: Conversation;
  readonly #isMessage: IsMessage;
  readonly #decode: Decode;

  constructor(conversation: Conversation, isMessage: IsMessage, decode: Decode) {
    this.#conversation = conversation;
    this.#isMessage = isMessage;
    this.#decode = decode;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (!this.#isMessage(b, start, end, this.#conversation.port(side), this.#conversation.port(1 - side))) return 0;
    this.#conversation.emit('dhcp', timeUs, this.#decode(b, start, end));
    return 0;
  }

  onEnd(): void {}
}
