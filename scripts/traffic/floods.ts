/** Traffic that tries to wear the sensor out: each packet wants memory or work of its own. */
import { dnsQuery } from './dns.js';
import { ETHERTYPE, ethernet, IP_PROTOCOL, ipFrame, ipv4, type Packet, TCP_FLAG, tcp, udpFrame } from './packet.js';
import { Random } from './random.js';

export interface FloodOptions {
  readonly packets: number;
  readonly seed: number;
  /** Microseconds since the Unix epoch. */
  readonly startUs: number;
  /** Packets a second. */
  readonly rate: number;
}

const VICTIM = { mac: '02:00:00:00:00:01', ip: '10.20.0.1' };
const ATTACKER_MAC = '02:00:00:00:ff:01';
const FRAGMENT = Buffer.alloc(512, 0x66);
const FRAGMENT_OFFSETS = 8;

/** Where a flood's packet seems to come from. */
const anybody = (random: Random) => ({
  mac: ATTACKER_MAC,
  ip: `${random.between(11, 126)}.${random.between(0, 255)}.${random.between(0, 255)}.${random.between(1, 254)}`,
});

/** What a packet of each kind carries to the victim. */
const FRAMES = {
  /** TCP connections that nobody means: RFC 4987. */
  syn: (random: Random) => {
    const from = anybody(random);
    const fields = { fromPort: random.between(1_024, 65_535), toPort: 443, seq: random.between(0, 2 ** 31), ack: 0 };
    const segment = tcp(from.ip, VICTIM.ip, { ...fields, flags: TCP_FLAG.syn }, Buffer.alloc(0));
    return ipFrame(from, VICTIM, IP_PROTOCOL.tcp, segment);
  },
  /** Questions for names that do not exist, from anywhere. */
  dns: (random: Random) => {
    const name = `${random.between(0, 2 ** 31).toString(36)}${random.between(0, 2 ** 31).toString(36)}.example.com`;
    const query = dnsQuery({ id: random.between(0, 65_535), name, type: 'A' });
    return udpFrame(anybody(random), VICTIM, random.between(1_024, 65_535), 53, query);
  },
  /** Pieces of datagrams that will never be whole. */
  fragments: (random: Random) => {
    const from = anybody(random);
    const fragmentOffset = random.between(0, FRAGMENT_OFFSETS - 1) * (FRAGMENT.length / 8);
    const options = { id: random.between(0, 65_535), fragmentOffset, moreFragments: true };
    return ethernet(from, VICTIM, ETHERTYPE.ipv4, ipv4(from.ip, VICTIM.ip, IP_PROTOCOL.udp, FRAGMENT, options));
  },
} satisfies Record<string, (random: Random) => Buffer>;

export type FloodName = keyof typeof FRAMES;
export const FLOODS = Object.keys(FRAMES) as FloodName[];

export function* floodTraffic(name: FloodName, options: FloodOptions): Generator<Packet> {
  const random = new Random(options.seed);
  const frame = FRAMES[name];
  for (let index = 0; index < options.packets; index += 1) {
    yield { timeUs: options.startUs + Math.floor((index * 1e6) / options.rate), bytes: frame(random) };
  }
}
