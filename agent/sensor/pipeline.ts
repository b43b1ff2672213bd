import { type Static, Type } from 'typebox';
import { ARP_DATASET, arpJson } from './arp-record.js';
import type { OnPacket } from './capture/source.js';
import { Coverage, type TableFill } from './coverage.js';
import { Detector } from './detect/detect.js';
import { LOOK_S } from './detect/scene.js';
import { KEPT_ALL, type Load, Overload } from './overload.js';
import { type CoverageCounts, countsSince } from './sight/counts.js';
import { LINK_UNKNOWN, type LinkFacts, Sight } from './sight/sight.js';
import { Allowance } from './track/allowance.js';
import { Applications } from './track/applications.js';
import { ASSETS_MAX, Assets } from './track/assets.js';
import type { DatagramText } from './track/datagram-text.js';
import { Datagrams } from './track/datagrams.js';
import { Directions, LOCAL_DEFAULT } from './track/direction.js';
import { DnsTracker, PENDING_MAX } from './track/dns-tracker.js';
import { FlowRecords, timeText } from './track/flow-record.js';
import { FlowTracker } from './track/flow-tracker.js';
import { PROTOCOLS } from './track/protocols.js';
import { StreamEnd } from './track/stream.js';
import { hasGoodChecksums } from './wire/checksum.js';
import { decodeDatagram, decodeFrame, decodeInner, decodeRest } from './wire/decode.js';
import { earlyHash } from './wire/early-hash.js';
import { FLAW_COUNT, Flaw } from './wire/flaws.js';
import { Frame, Tunnel } from './wire/frame.js';
import { Protocol } from './wire/transport.js';
import { enterUdpTunnel, type Inside, mayBeUdpTunnel } from './wire/udp-tunnels.js';

const SECOND_US = 1e6;
const MINUTE_US = 60e6;
const LOOK_US = LOOK_S * SECOND_US;
/** Packets that come later than others are not that late. */
const BACK_US = 2 * MINUTE_US;
/** Flows that the clock ends at once: it comes ten times a second. */
const ENDED_OF_TICK_MAX = 256;
/** Packets of one frame: an aggregate holds no more. */
const REST_MAX = 64;
const FINISH_MAX = 4_096;

export const PipelineConfig = Type.Object(
  {
    local: Type.Array(Type.String({ maxLength: 64 }), {
      default: [...LOCAL_DEFAULT],
      maxItems: 256,
      description: "The office's own networks, for network.direction.",
    }),
    datasets: Type.Array(Type.String({ maxLength: 32 }), {
      default: ['flow', 'dns', 'tls', 'http', 'dhcp', 'session', 'asset', 'coverage'],
      maxItems: 32,
      description: 'Record kinds to make.',
    }),
    dropBadChecksums: Type.Boolean({
      default: false,
      description: 'Drop packets whose checksums do not hold. A tap sees offloaded ones: leave it off there.',
    }),
    flowsMax: Type.Integer({
      default: 65_536,
      minimum: 16,
      maximum: 4_194_304,
      description: 'Flows that live at once; about 700 bytes each. The oldest goes first.',
    }),
    tcpIdleS: Type.Integer({ default: 300, minimum: 1, maximum: 86_400, description: 'A TCP flow ends after this.' }),
    udpIdleS: Type.Integer({ default: 60, minimum: 1, maximum: 86_400, description: 'A UDP flow ends after this.' }),
    longFlowS: Type.Integer({
      default: 900,
      minimum: 0,
      maximum: 86_400,
      description: 'A flow that goes on is told of after this, and again after as long. 0: at its end only.',
    }),
    utcOffsetMin: Type.Integer({
      default: 540,
      minimum: -720,
      maximum: 840,
      description: "The office's clock, minutes east of UTC: what is usual is learned by the hour. Japan: 540.",
    }),
    icmpIdleS: Type.Integer({
      default: 60,
      minimum: 1,
      maximum: 86_400,
      description: 'Any other flow ends after this.',
    }),
    unansweredPerS: Type.Integer({
      default: 2_000,
      minimum: 0,
      maximum: 1_000_000,
      description:
        'Records a second of flows and of DNS questions that nobody answers, each; more are counted. 0: all.',
    }),
  },
  { additionalProperties: false },
);
export type PipelineConfig = Static<typeof PipelineConfig>;

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
  readonly #coverage: Coverage;
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
  #minuteUs = 0;
  /** End of the look that goes on; minutes end with one. */
  #turnUs = 0;
  readonly #detector: Detector;
  #looked: CoverageCounts | undefined;

  /** @param interfaceName of the interface, or the recording's name */
  constructor(config: PipelineConfig, deps: PipelineDeps, interfaceName = '', link: LinkFacts = LINK_UNKNOWN) {
    this.#config = config;
    this.#deps = deps;
    this.#coverage = new Coverage(interfaceName, config.flowsMax);
    this.#unansweredFlows = new Allowance(config.unansweredPerS);
    this.#unansweredDns = new Allowance(config.unansweredPerS);
    this.#detector = new Detector(config, (alert) => deps.emit('alert', JSON.stringify(alert)));
    this.#detector.load(deps.state);
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
      onFlow: (slot) => this.#onFlow(slot),
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
    if (timeUs >= this.#turnUs) this.#turn(timeUs);
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
    // A clock that was set back must not keep the minutes from turning.
    if (nowUs >= this.#turnUs || nowUs < this.#turnUs - BACK_US) this.#turn(nowUs);
    if (nowUs >= this.#datagrams.dueUs) this.#datagrams.tick(nowUs);
    this.#tracker.tick(nowUs, ENDED_OF_TICK_MAX);
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
    if (this.#minuteUs > 0) this.#emitCoverage(this.#minuteUs - MINUTE_US);
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
    return this.#detector.state();
  }

  #turn(timeUs: number): void {
    if (this.#turnUs > 0 && this.#wants.has('coverage')) this.#look();
    if (timeUs >= this.#minuteUs || timeUs < this.#minuteUs - BACK_US) this.#turnMinute(timeUs);
    this.#turnUs = (Math.floor(timeUs / LOOK_US) + 1) * LOOK_US;
  }

  #look(): void {
    const now = this.#counts();
    const look = countsSince(now, this.#looked);
    this.#looked = now;
    this.#detector.onLook(this.#turnUs / SECOND_US - LOOK_S, look, this.#sight.vlanPackets);
  }

  /** Minutes are aligned to the clock, so that those of all boxes can be laid side by side. */
  #turnMinute(timeUs: number): void {
    if (this.#minuteUs > 0) this.#emitCoverage(this.#minuteUs - MINUTE_US);
    this.#minuteUs = (Math.floor(timeUs / MINUTE_US) + 1) * MINUTE_US;
  }

  #emitCoverage(startUs: number): void {
    if (!this.#wants.has('coverage')) return;
    const record = this.#coverage.record(startUs, this.#counts(), {
      flowsLive: this.#tracker.table.used,
      giantBytesMax: this.#sight.giantBytesMax,
      stations: this.#sight.stations,
      hosts: this.#sight.hosts,
      keptShare: this.#overload.takeKeptShare(),
      tables: this.#tables(),
      vlans: this.#sight.vlansSince(),
      unread: this.#sight.unread.since(),
      flaws: this.flaws,
      dnsFlaws: this.#dns?.flaws,
      streamsEnded: this.#applications.streams.ended,
    });
    this.#sight.turn();
    this.#deps.emit('coverage', JSON.stringify(record));
  }

  #counts(): CoverageCounts {
    const tracker = this.#tracker;
    const sight = this.#sight;
    return {
      packets: this.packets,
      bytes: this.bytes,
      kernelDrops: this.#kernel.dropped,
      interfaceDrops: this.#kernel.interfaceDropped,
      sampled: this.#sampled,
      shallow: this.#applications.shallow,
      checked: tracker.checked,
      badChecksums: this.badChecksums,
      flows: tracker.ended,
      flowsBothWays: tracker.endedBothWays,
      flowsEvicted: tracker.evicted,
      tcpFlows: tracker.endedTcp,
      tcpHalfSeen: tracker.endedHalfSeen,
      tcpBytes: tracker.tcp.payloadBytes,
      missedBytes: tracker.tcp.missedBytes,
      gaps: tracker.tcp.gaps,
      unicast: sight.unicast,
      unicastOthers: sight.unicastOthers,
      multicast: sight.multicast,
      own: sight.own,
      giants: sight.giants,
      cut: sight.cut,
      unread: sight.unread.carrying,
      untoldFlows: this.#unansweredFlows.untold,
      untoldDns: this.#unansweredDns.untold + (this.#dns?.passedOver ?? 0),
    };
  }

  #tables(): TableFill[] {
    const { table, evicted, ranges } = this.#tracker;
    const { streams } = this.#applications;
    const { ended } = streams;
    const givenUp = ended.reduce((sum, count) => sum + count, 0) - ended[StreamEnd.Ignored]! - ended[StreamEnd.Hole]!;
    return [
      { table: 'flows', used: table.used, max: table.capacity, evicted },
      { table: 'ranges', used: ranges.used, max: ranges.capacity, evicted: ranges.forgotten },
      {
        table: 'datagrams',
        used: this.#datagrams.used,
        max: this.#datagrams.capacity,
        evicted: this.#datagrams.evicted,
      },
      { table: 'streams', used: streams.sides, max: streams.limits.sidesMax, evicted: givenUp },
      { table: 'stream_bytes', used: streams.bytes, max: streams.limits.bytesMax, evicted: 0 },
      ...(this.#dns === undefined
        ? []
        : [{ table: 'dns', used: this.#dns.pending, max: PENDING_MAX, evicted: this.#dns.evicted }]),
      ...(this.#assets === undefined
        ? []
        : [{ table: 'assets', used: this.#assets.count, max: ASSETS_MAX, evicted: this.#assets.evicted }]),
    ];
  }
}
