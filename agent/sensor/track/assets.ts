import { macText } from '../wire/addresses.js';
import { type Announcement, emptyAnnouncement } from '../wire/announcement.js';
import { decodeCdp } from '../wire/cdp.js';
import { type Frame, Neighbour } from '../wire/frame.js';
import { decodeLldp } from '../wire/lldp.js';
import { timeText } from './flow-record.js';

/** Ports that announce themselves and are remembered. An office has dozens. */
export const ASSETS_MAX = 2_048;
/** One that says the same is told again after this. */
const TOLD_AGAIN_US = 3_600e6;
/** New and changed ones a minute: somebody who makes devices up fills no disk. */
const TOLD_MAX = 120;
const MINUTE_US = 60e6;
/** Of a rescan, in each tick: all of them within four seconds, and never more than the output holds. */
const RETOLD_OF_TICK_MAX = 64;
/** They say it themselves, and anybody could. */
const CONFIDENCE = 90;

type Action = 'new' | 'changed' | 'seen' | 'gone';

interface Known {
  /** What was said, without how long it holds. */
  words: string;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly toldUs: number;
}

export interface AssetsDeps {
  emit(json: string): void;
  /** One was not told because too many were. */
  onUntold(): void;
}

/** Devices by what they announce: told when they are new, when what they say changes, and once an hour. */
export class Assets {
  /** Forgotten for newer ones. */
  evicted = 0;
  readonly #deps: AssetsDeps;
  /** In the order in which they were heard last. */
  readonly #known = new Map<string, Known>();
  #minuteUs = 0;
  #told = 0;
  /** Devices that somebody wants to hear of once more. */
  #retold: string[] = [];

  constructor(deps: AssetsDeps) {
    this.#deps = deps;
  }

  /** Devices that are remembered. */
  get count(): number {
    return this.#known.size;
  }

  /** An LLDP or CDP message. @returns whether it was one */
  onFrame(frame: Frame, b: Buffer, end: number, timeUs: number): boolean {
    const start = frame.neighbourStart;
    const told = frame.neighbour === Neighbour.Cdp ? decodeCdp(b, start, end) : decodeLldp(b, start, end);
    if (told === undefined) return false;
    const mac = frame.sourceMac < 0 ? undefined : macText(b, frame.sourceMac);
    const key = `${told.evidence} ${told.chassisId} ${told.portId}`;
    const fields = fieldsOf(told, mac);
    const words = JSON.stringify(fields);
    const known = this.#known.get(key);
    this.#known.delete(key);
    if (told.ttlS === 0) {
      if (known !== undefined) this.#tell('gone', fields, known.firstUs, timeUs);
      return true;
    }
    const action = known === undefined ? 'new' : known.words !== words ? 'changed' : 'seen';
    const isDue = action !== 'seen' || timeUs - known!.toldUs >= TOLD_AGAIN_US;
    const firstUs = known?.firstUs ?? timeUs;
    const isTold = isDue && this.#tell(action, { ...fields, 'hinomi.asset.ttl_s': told.ttlS }, firstUs, timeUs);
    const toldUs = isTold ? timeUs : (known?.toldUs ?? 0);
    const kept = isTold || known === undefined ? words : known.words;
    this.#known.set(key, { words: kept, firstUs, lastUs: timeUs, toldUs });
    if (this.#known.size > ASSETS_MAX) this.#forget();
    return true;
  }

  /** Tells once more what every device that is known last said, in the ticks to come. @returns how many that are */
  retell(): number {
    this.#retold = [...this.#known.keys()];
    return this.#retold.length;
  }

  /** Ten times a second. */
  tick(nowUs: number): void {
    if (this.#retold.length === 0) return;
    for (const key of this.#retold.splice(0, RETOLD_OF_TICK_MAX)) {
      const known = this.#known.get(key);
      if (known !== undefined) this.#emit('seen', JSON.parse(known.words), known.firstUs, known.lastUs, nowUs);
    }
  }

  #forget(): void {
    this.#known.delete(this.#known.keys().next().value!);
    this.evicted += 1;
  }

  #tell(action: Action, fields: Fields, firstUs: number, timeUs: number): boolean {
    if (timeUs - this.#minuteUs >= MINUTE_US || timeUs < this.#minuteUs) {
      this.#minuteUs = timeUs;
      this.#told = 0;
    }
    if (this.#told >= TOLD_MAX) {
      this.#deps.onUntold();
      return false;
    }
    this.#told += 1;
    this.#emit(action, fields, firstUs, timeUs, timeUs);
    return true;
  }

  #emit(action: Action, fields: Fields, firstUs: number, lastUs: number, timeUs: number): void {
    const record = {
      '@timestamp': timeText(timeUs),
      'event.kind': 'asset',
      'event.dataset': 'asset',
      'event.action': action,
      'event.category': ['host'],
      'event.type': [action === 'changed' ? 'change' : action === 'gone' ? 'end' : 'info'],
      ...fields,
      'hinomi.asset.confidence': CONFIDENCE,
      'hinomi.asset.first_seen': timeText(firstUs),
      'hinomi.asset.last_seen': timeText(lastUs),
    };
    this.#deps.emit(JSON.stringify(record));
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Where each thing that is said stands in a record. */
const FIELD_OF: Readonly<Partial<Record<keyof Announcement, string>>> = {
  name: 'host.name',
  addresses: 'host.ip',
  description: 'hinomi.asset.description',
  chassisId: 'hinomi.asset.chassis_id',
  portId: 'hinomi.asset.port_id',
  portDescription: 'hinomi.asset.port_description',
  capabilities: 'hinomi.asset.capabilities',
  enabled: 'hinomi.asset.capabilities_enabled',
  vlan: 'hinomi.asset.vlan',
  voiceVlan: 'hinomi.asset.voice_vlan',
  vlans: 'hinomi.asset.vlans',
  domain: 'hinomi.asset.vtp_domain',
  duplex: 'hinomi.asset.duplex',
  mauType: 'hinomi.asset.mau_type',
  mtu: 'hinomi.asset.mtu',
  isAggregated: 'hinomi.asset.is_aggregated',
  powerMw: 'hinomi.asset.power_mw',
  vendor: 'hinomi.asset.vendor',
  model: 'hinomi.asset.model',
  serial: 'hinomi.asset.serial_number',
  hardware: 'hinomi.asset.hardware',
  firmware: 'hinomi.asset.firmware',
  software: 'hinomi.asset.software',
  assetTag: 'hinomi.asset.asset_tag',
  location: 'hinomi.asset.location',
};
const ANNOUNCED = Object.keys(emptyAnnouncement('lldp')) as (keyof Announcement)[];

/** @param mac of the sender's frame */
function fieldsOf(told: Announcement, mac: string | undefined): Fields {
  const fields: Record<string, unknown> = { 'hinomi.asset.evidence': [told.evidence] };
  for (const key of ANNOUNCED) {
    const name = FIELD_OF[key];
    const value = told[key];
    const isEmpty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    if (name !== undefined && !isEmpty) fields[name] = value;
  }
  const macs = [...new Set(mac === undefined ? told.macs : [mac, ...told.macs])];
  if (macs.length > 0) fields['host.mac'] = macs;
  const type = typeOf(told.enabled.length > 0 ? told.enabled : told.capabilities);
  if (type !== undefined) fields['host.type'] = type;
  return fields;
}

/** The one word for what it can do: a phone bridges too, and an access point routes. */
const TYPES: readonly (readonly [capability: string, type: string])[] = [
  ['telephone', 'phone'],
  ['wlan-access-point', 'access-point'],
  ['docsis-cable-device', 'modem'],
  ['router', 'router'],
  ['switch', 'switch'],
  ['bridge', 'switch'],
  ['repeater', 'repeater'],
  ['station', 'station'],
];

function typeOf(capabilities: readonly string[]): string | undefined {
  return TYPES.find(([capability]) => capabilities.includes(capability))?.[1];
}
