import { ARP_DATASET, arpJson } from './arp-record.js';
import type { OnPacket } from './capture/source.js';
import { CoverageClock } from './coverage-clock.js';
import { KEPT_ALL, type Load, Overload } from './overload.js';
import type { PipelineConfig } from './pipeline-config.js';
import { countsOf, type PipelineParts, takeFacts } from './pipeline-counts.js';
import type { CoverageCounts } from './sight/counts.js';
import { LINK_UNKNOWN, type LinkFacts, Sight } from './sight/sight.js';
import { Allowance } from './track/allowance.js';
import { Applications } from './track/applications.js';
import { Assets } from './track/assets.js';
import type { DatagramText } from './track/datagram-text.js';
import { Datagrams } from './track/datagrams.js';
import { Directions } from './track/direction.js';
import { DnsTracker } from './track/dns-tracker.js';
import { FlowRecords, timeText } from './track/flow-record.js';
import { FlowTracker } from './track/flow-tracker.js';
import { PROTOCOLS } from './track/protocols.js';
import { hasGoodChecksums } from './wire/checksum.js';
import { decodeDatagram, decodeFrame, decodeInner, decodeRest } from './wire/decode.js';
import { earlyHash } from './wire/early-hash.js';
import { FLAW_COUNT, Flaw } from './wire/flaws.js';
import { Frame, Tunnel } from './wire/frame.js';
import { Protocol } from './wire/transport.js';
import { enterUdpTunnel, type Inside, mayBeUdpTunnel } from './wire/udp-tunnels.js';

/** Flows that the clock ends at once: it comes ten times a second. */
const ENDED_OF_TICK_MAX = 256;
/** Packets of one frame: an aggregate holds no more. */
const REST_MAX = 64;
const FINISH_MAX = 4_096;

export interface PipelineDeps {
  /** A finished record: its dataset and its JSON, one line without the line feed. Called synchronously. */
  emit(dataset: string, json: string): void;
  /** Hash seed of this process. */
  readonly seed: number;
  /** What `state` gave in an earlier run. */
  readonly state?: unknown;
}

/** What the kernel says about the capture, for `coverage`. Counted since the start. */
export interface KernelCounts {
  readonly dropped: number;
  readonly interfaceDropped: number;
}

/** The life of one packet, synchronous: decode, track, out. */
export class Pipeline {
  packets = 0;
  bytes = 0;
  /** Packets by the reason why they were not decoded to their end. */
  readonly flaws = new Float64Array(FLAW_COUNT);

  readonly #config: PipelineConfig;
  readonly #deps: PipelineDeps;
  /** Of the packet, and of what it carries in tunnels over UDP and in fragments. */
  readonly #frames = [new Frame(), new Frame(), new Frame(), new Frame(), new Frame()] as const;
  readonly #inside: Inside = { tunnel: Tunnel.Vxlan, next: 0, at: 0 };
  /** Of the fragment that is looked at; -1 when none is. */
  #depth = -1;
  readonly #datagrams: Datagrams;
  readonly #tracker: FlowTracker;
  readonly #records: FlowRecords;
  readonly #dns: DnsTracker | undefined;
  readonly #applications: Applications;
  readonly #assets: Assets | undefined;
  readonly #wants: ReadonlySet<string>;
  readonly #wantsFlow: boolean;
  readonly #wantsArp: boolean;
  readonly #sight: Sight;
  readonly #overload = new Overload();
  readonly #unansweredFlows: Allowance;
  readonly #unansweredDns: Allowance;
  /** Of KEPT_ALL: conversations that are followed. */
  #kept = KEPT_ALL;
  #sampled = 0;
  /** Records of flows and their applications. */
  #told = 0;
  #kernel: KernelCounts = { dropped: 0, interfaceDropped: 0 };
  /** Dropped for their checksums. */
  #dropped = 0;
  readonly #clock: CoverageClock;
  readonly #parts: PipelineParts;

  /** @param interfaceName of the interface, or the recording's name */
  constructor(config: PipelineConfig, deps: PipelineDeps, interfaceName = '', link: LinkFacts = LINK_UNKNOWN) {
    this.#config = config;
    this.#deps = deps;
    this.#unansweredFlows = new Allowance(config.unansweredPerS);
    this.#unansweredDns = new Allowance(config.unansweredPerS);
    const wants = new Set(config.datasets);
    this.#wants = wants;
    this.#wantsFlow = wants.has('flow');
    this.#wantsArp = wants.has(ARP_DATASET);
    const conversations = {
      fieldsOf: (slot: number) => this.#records.fieldsOf(slot),
      sourcePort: (slot: number) => this.#records.sourcePort(slot),
      destinationPort: (slot: number) => this.#records.destinationPort(slot),
    };
    this.#dns = wants.has('dns')
      ? new DnsTracker({}, { conversations, unanswered: this.#unansweredDns, emit: (json) => deps.emit('dns', json) })
      : undefined;
    this.#assets = wants.has('asset')
      ? new Assets({ emit: (json) => deps.emit('asset', json), onUntold: () => this.#countFlaw(Flaw.AssetUntold) })
      : undefined;
    const protocols = PROTOCOLS.filter(({ datasets }) => datasets.some((dataset) => wants.has(dataset)));
    this.#applications = new Applications(config, protocols, {
      conversations,
      emit: (dataset, json) => this.#onApplication(dataset, json),
      ...(this.#dns === undefined ? {} : { dns: this.#dns }),
    });
    this.#tracker = new FlowTracker(config, {
      seed: deps.seed,
      onFlow: (slot) => {
        this.#onFlow(slot);
        this.#records.forget(slot);
      },
      onLongFlow: (slot) => this.#onFlow(slot, true),
      told: () => this.#told,
      application: this.#applications,
    });
    this.#datagrams = new Datagrams({
      seed: deps.seed,
      flaws: this.flaws,
      onFragment: (frame, b, timeUs, packets) => this.#tracker.onFragment(frame, b, timeUs, packets),
      onDatagram: (text, from, timeUs) => this.#onDatagram(text, from, timeUs),
    });
    const { table, counters, tcp } = this.#tracker;
    const directions = new Directions(config.local);
    this.#records = new FlowRecords(table, counters, tcp, directions);
    this.#sight = new Sight(link, (words, at, isV6) => directions.isLocal(words, at, isV6), deps.seed);
    this.#parts = {
      tracker: this.#tracker,
      datagrams: this.#datagrams,
      applications: this.#applications,
      dns: this.#dns,
      assets: this.#assets,
      sight: this.#sight,
      overload: this.#overload,
      unansweredFlows: this.#unansweredFlows,
      unansweredDns: this.#unansweredDns,
      flaws: this.flaws,
    };
    const clock = {
      emit: deps.emit,
      counts: () => this.#counts(),
      takeFacts: () => takeFacts(this.#parts),
      vlanPackets: () => this.#sight.vlanPackets,
      state: deps.state,
    };
    this.#clock = new CoverageClock(config, clock, interfaceName);
  }

  /** Of the packets that were looked at. */
  get badChecksums(): number {
    return this.#tracker.badChecksums + this.#dropped;
  }

  get flowsLive(): number {
    return this.#tracker.table.used;
  }

  get keptShare(): number {
    return this.#kept / KEPT_ALL;
  }

  get isDeep(): boolean {
    return this.#applications.isDeep;
  }

  get flowsEvicted(): number {
    return this.#tracker.evicted;
  }

  readonly onPacket: OnPacket = (b, start, end, wireBytes, timeUs, linkType) => {
    if (timeUs >= this.#clock.dueUs) this.#clock.turn(timeUs);
    if (timeUs >= this.#datagrams.dueUs) this.#datagrams.tick(timeUs);
    this.packets += 1;
    this.bytes += wireBytes;
    if (this.#kept < KEPT_ALL && this.#isPassedOver(b, start, end, linkType)) return;
    const frame = this.#frames[0];
    const flaw = decodeFrame(frame, b, start, end, wireBytes, linkType);
    this.#sight.onPacket(frame, b, start, end, wireBytes, linkType);
    this.#onDecoded(0, flaw, b, end, timeUs);
    // Further packets of the same frame (802.11 aggregates).
    for (let count = 0; frame.restStart >= 0 && count < REST_MAX; count++) {
      this.#onDecoded(0, decodeRest(frame, b, frame.restStart, end), b, end, timeUs);
    }
  };

  /** @param depth of the frame: in how many tunnels over UDP it stands */
  #onDecoded(depth: number, flaw: Flaw, b: Buffer, end: number, timeUs: number): void {
    const frame = this.#frames[depth]!;
    if (flaw !== Flaw.None) {
      const isRead = frame.neighbourStart >= 0 && this.#assets?.onFrame(frame, b, end, timeUs) === true;
      if (isRead && !frame.isOuterOnly) return;
      this.flaws[flaw] = this.flaws[flaw]! + 1;
      if (!frame.isOuterOnly) return;
    }
    if (frame.arpStart >= 0) {
      if (this.#wantsArp && depth === 0) this.#onArp(b, end, timeUs);
      return;
    }
    const isStrict = this.#config.dropBadChecksums;
    if (isStrict && !hasGoodChecksums(frame, b)) {
      this.#dropped += 1;
      this.#tracker.onDropped(frame, b);
      return;
    }
    if (frame.isFragment) {
      this.#onFragment(depth, b, timeUs);
      return;
    }
    this.#tracker.onFrame(frame, b, timeUs, isStrict);
    if (frame.protocol === Protocol.Udp && mayBeUdpTunnel(frame)) this.#onTunnel(depth, b, timeUs);
  }

  #onFragment(depth: number, b: Buffer, timeUs: number): void {
    const before = this.#depth;
    this.#depth = depth;
    this.#datagrams.take(this.#frames[depth]!, b, timeUs);
    this.#depth = before;
  }

  /**
   * A datagram whose fragments have come.
   * @param from the last one of them, whose frame is in use
   * @returns whether those of its fragments that were in no flow are in one now
   */
  #onDatagram(text: DatagramText, from: Frame | undefined, timeUs: number): boolean {
    const depth = this.#depth + 1;
    const frame = this.#frames[depth];
    if (frame === undefined) return false;
    const b = text.bytes;
    const flaw = decodeDatagram(frame, from, b, text.start, text.end, text.wireEnd, text.outerAt);
    if (flaw !== Flaw.None) this.flaws[flaw] = this.flaws[flaw]! + 1;
    if ((flaw !== Flaw.None && !frame.isOuterOnly) || frame.arpStart >= 0) return false;
    const isStrict = this.#config.dropBadChecksums;
    if (isStrict && !hasGoodChecksums(frame, b)) {
      this.#dropped += 1;
      return false;
    }
    text.complete(frame, from);
    if (frame.isFragment) {
      this.#onFragment(depth, b, timeUs);
      return true;
    }
    this.#tracker.onDatagram(frame, b, timeUs, isStrict, text.packets);
    if (frame.protocol === Protocol.Udp && mayBeUdpTunnel(frame)) this.#onTunnel(depth, b, timeUs);
    return true;
  }

  /** What a UDP payload carries is tracked as well, down to a depth that no network has. */
  #onTunnel(depth: number, b: Buffer, timeUs: number): void {
    const outer = this.#frames[depth]!;
    const inner = this.#frames[depth + 1];
    if (inner === undefined) return;
    if (!enterUdpTunnel(outer, b, this.#inside)) return;
    this.#onDecoded(depth + 1, decodeInner(inner, outer, b, this.#inside), b, outer.payloadEnd, timeUs);
  }

  /** The clock of a quiet link. @param nowUs as packet times, never ahead of them by more than the capture's delay */
  tick(nowUs: number): void {
    this.#clock.tick(nowUs);
    this.#assets?.tick(nowUs);
    if (nowUs >= this.#datagrams.dueUs) this.#datagrams.tick(nowUs);
    this.#tracker.tick(nowUs, ENDED_OF_TICK_MAX);
  }

  /** Tells every device that is known once more, in the ticks to come. @returns how many */
  rescan(): number {
    return this.#assets?.retell() ?? 0;
  }

  /** How the sensor keeps up, every tenth of a second: what is left out is decided here. */
  onLoad(load: Load): void {
    this.#overload.onLoad(load);
    this.#kept = this.#overload.kept;
    this.#applications.isDeep = this.#overload.isDeep;
  }

  #isPassedOver(b: Buffer, start: number, end: number, linkType: number): boolean {
    const isKept = (earlyHash(b, start, end, linkType, this.#deps.seed) & (KEPT_ALL - 1)) < this.#kept;
    if (!isKept) this.#sampled += 1;
    return !isKept;
  }

  setKernelCounts(counts: KernelCounts): void {
    this.#kernel = counts;
  }

  /** The end of the recording, or of the sensor: every flow and open transaction becomes a record. */
  finish(): void {
    while (this.finishSome(FINISH_MAX)) {}
  }

  /**
   * The same in steps, for whoever has to wait for its reader in between.
   * @param flowsMax told in this step @returns whether there is more to tell
   */
  finishSome(flowsMax: number): boolean {
    this.#unansweredFlows.lift();
    this.#unansweredDns.lift();
    this.#datagrams.finish();
    if (this.#tracker.finishSome(flowsMax)) return true;
    this.#dns?.finish();
    this.#clock.finish();
    return false;
  }

  #countFlaw(flaw: Flaw): void {
    this.flaws[flaw] = this.flaws[flaw]! + 1;
  }

  #onFlow(slot: number, isOpen = false): void {
    if (!this.#wantsFlow) return;
    if (this.#records.isUnanswered(slot) && !this.#unansweredFlows.take(this.#tracker.nowUs)) return;
    this.#told += 1;
    this.#deps.emit('flow', this.#records.toJson(slot, isOpen));
  }

  #onApplication(dataset: string, json: string): void {
    if (!this.#wants.has(dataset)) return;
    this.#told += 1;
    this.#deps.emit(dataset, json);
  }

  #onArp(b: Buffer, end: number, timeUs: number): void {
    const json = arpJson(b, this.#frames[0].arpStart, end, timeText(timeUs));
    if (json === undefined) this.flaws[Flaw.ArpUnknown] = this.flaws[Flaw.ArpUnknown]! + 1;
    else this.#deps.emit(ARP_DATASET, json);
  }

  /** What is usual on this link, as JSON: for `PipelineDeps.state` of the next run. */
  state(): unknown {
    return this.#clock.state();
  }

  #counts(): CoverageCounts {
    const { packets, bytes, badChecksums } = this;
    const { dropped: kernelDrops, interfaceDropped: interfaceDrops } = this.#kernel;
    return countsOf(this.#parts, {
      packets,
      bytes,
      badChecksums,
      kernelDrops,
      interfaceDrops,
      sampled: this.#sampled,
    });
  }
}
