import { type Static, Type } from 'typebox';
import { CodedError, describeError } from '../../../protocol/base/errors.js';
import { interfaceNames } from './default-interface.js';
import { PACKET_BYTES_MAX, requireKnownLinkType } from './format.js';
import {
  createPcapSession,
  HEADER_BYTES,
  HEADER_CAPTURED,
  HEADER_MICROS,
  HEADER_ORIGINAL,
  HEADER_SECONDS,
  type PcapSession,
} from './pcap-binding.js';
import type { CaptureStats, OnPacket, PacketSource } from './source.js';

export const LiveConfig = Type.Object(
  {
    interface: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'Where to listen. Default: the default route.' }),
    ),
    snapBytes: Type.Integer({
      default: 65_535,
      minimum: 128,
      maximum: PACKET_BYTES_MAX,
      description: 'Bytes kept of a packet. Segments joined by the network card are far longer than the MTU.',
    }),
    ringBytes: Type.Integer({
      default: 64 * 2 ** 20,
      minimum: 2 ** 20,
      maximum: 2 ** 30,
      description: 'Kernel memory for packets that wait: 64 MiB is half a second of a full gigabit.',
    }),
    readMs: Type.Integer({
      default: 100,
      minimum: 1,
      maximum: 1_000,
      description: 'Longest a packet waits in the kernel for others to come with it.',
    }),
    promiscuous: Type.Boolean({ default: true, description: 'Also packets that are not for this box.' }),
  },
  { additionalProperties: false, default: {} },
);
export type LiveConfig = Static<typeof LiveConfig>;

/** LINKTYPE numbers of what the binding has names for. */
const LINK_TYPES: Readonly<Record<string, number>> = {
  LINKTYPE_NULL: 0,
  LINKTYPE_ETHERNET: 1,
  LINKTYPE_RAW: 101,
  LINKTYPE_LINUX_SLL: 113,
  LINKTYPE_IEEE802_11_RADIO: 127,
};
const LINK_TYPE_UNNAMED = /^Unknown linktype (\d+)$/;
/**
 * How often the ring is looked into without being asked to. libuv gives up polling a socket whose interface went
 * down; the ring itself works again when the interface is back, so this is what hears it then.
 */
const LOOK_MS = 100;
/** Reading fails while an interface is gone (with old versions of libpcap, while it is down): that may pass. */
const FAILING_LOOKS_MAX = 30;
const UINT32 = 2 ** 32;

export interface LiveDeps {
  readonly onPacket: OnPacket;
  /** Called once, when the interface cannot be read any more: CAPTURE_INTERFACE. */
  onFailure(error: CodedError): void;
}

/** Packets of an interface, through libpcap. */
export class LiveSource implements PacketSource {
  readonly name = 'live';
  readonly #config: LiveConfig & { readonly interface: string };
  readonly #onPacket: OnPacket;
  readonly #onFailure: (error: CodedError) => void;
  readonly #packet: Buffer;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  readonly #fields = new Uint32Array(this.#header.buffer, this.#header.byteOffset, HEADER_BYTES / 4);
  readonly #received = new Counter32();
  readonly #dropped = new Counter32();
  readonly #interfaceDropped = new Counter32();
  #session: PcapSession | undefined;
  #timer: NodeJS.Timeout | undefined;
  #linkType = 0;
  #deliveredPackets = 0;
  #isDispatching = false;
  #dispatchedMs = 0;
  #busyMs = 0;
  #failingLooks = 0;

  constructor(config: LiveConfig & { readonly interface: string }, deps: LiveDeps) {
    this.#config = config;
    this.#onPacket = deps.onPacket;
    this.#onFailure = deps.onFailure;
    this.#packet = Buffer.alloc(config.snapBytes);
  }

  /** @throws CAPTURE_PRIVILEGE, CAPTURE_INTERFACE, CAPTURE_LINK_TYPE, CAPTURE_LIBRARY */
  async start(): Promise<void> {
    const session = createPcapSession();
    this.#linkType = linkTypeNumber(this.#open(session));
    requireKnownLinkType(this.#linkType, 0);
    this.#session = session;
    session.read_callback = () => this.#look();
    session.start_polling();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  stats(): CaptureStats {
    const now = this.#session?.stats();
    return {
      deliveredPackets: this.#deliveredPackets,
      kernelReceived: this.#received.advance(now?.ps_recv),
      kernelDropped: this.#dropped.advance(now?.ps_drop),
      interfaceDropped: this.#interfaceDropped.advance(now?.ps_ifdrop),
    };
  }

  /** Time that packets took since the start; counts on in the middle of a flood. */
  busyMs(nowMs: number): number {
    return this.#busyMs + (this.#isDispatching ? nowMs - this.#dispatchedMs : 0);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    const session = this.#session;
    if (session === undefined) return;
    this.stats();
    this.#session = undefined;
    delete session.read_callback;
    session.close();
    // Closing takes effect in the next dispatch; inside one, that is the loop around us.
    if (!this.#isDispatching) session.dispatch(this.#packet, this.#header);
  }

  #open(session: PcapSession): string {
    const { interface: name, ringBytes, snapBytes, readMs, promiscuous } = this.#config;
    if (name !== 'any' && !interfaceNames().includes(name))
      throw new CodedError('CAPTURE_INTERFACE', `there is no interface ${name}`, { interface: name });
    const onPacket = (): void => this.#deliver();
    const ignoreWarning = (): void => {}; // It only says that the interface has no IPv4 address.
    try {
      return session.open_live(name, '', ringBytes, snapBytes, '', onPacket, false, readMs, ignoreWarning, promiscuous);
    } catch (cause) {
      const isForbidden = /permission|permitted/i.test(describeError(cause));
      const code = isForbidden ? 'CAPTURE_PRIVILEGE' : 'CAPTURE_INTERFACE';
      throw new CodedError(code, `could not listen on ${name}`, { interface: name }, { cause });
    }
  }

  #look(): void {
    if (this.#session === undefined || this.#isDispatching) return;
    this.#isDispatching = true;
    this.#dispatchedMs = performance.now();
    try {
      const result = this.#session.dispatch(this.#packet, this.#header);
      this.#failingLooks = result < 0 ? this.#failingLooks + 1 : 0;
    } finally {
      this.#isDispatching = false;
      this.#busyMs += performance.now() - this.#dispatchedMs;
    }
    if (this.#failingLooks === FAILING_LOOKS_MAX) this.#onFailure(this.#gone());
  }

  #gone(): CodedError {
    const name = this.#config.interface;
    return new CodedError('CAPTURE_INTERFACE', `${name} cannot be read any more`, { interface: name });
  }

  #deliver(): void {
    if (this.#session === undefined) return;
    this.#deliveredPackets += 1;
    const fields = this.#fields;
    const captured = Math.min(fields[HEADER_CAPTURED]!, this.#packet.length);
    const timeUs = fields[HEADER_SECONDS]! * 1e6 + fields[HEADER_MICROS]!;
    this.#onPacket(this.#packet, 0, captured, fields[HEADER_ORIGINAL]!, timeUs, this.#linkType);
  }
}

/** @throws CAPTURE_LINK_TYPE */
function linkTypeNumber(name: string): number {
  const known = LINK_TYPES[name];
  if (known !== undefined) return known;
  const number = LINK_TYPE_UNNAMED.exec(name)?.[1];
  if (number !== undefined) return Number(number);
  throw new CodedError('CAPTURE_LINK_TYPE', `the interface has the link type ${name}`);
}

/** Follows a kernel counter of 32 bits past its end. */
class Counter32 {
  #last = 0;
  #total = 0;

  /** @param value the counter now, or undefined when it cannot be read any more */
  advance(value: number | undefined): number {
    if (value === undefined) return this.#total;
    this.#total += (value - this.#last + UINT32) % UINT32;
    this.#last = value;
    return this.#total;
  }
}
