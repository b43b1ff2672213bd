import { type Static, Type } from 'typebox';
import { describeError } from '../../protocol/base/errors.js';
import { Networks } from './addresses.js';

const Ports = (defaults: number[], description: string) =>
  Type.Array(Type.Integer({ minimum: 0, maximum: 65_535 }), { default: defaults, maxItems: 8, description });
const Ms = (defaultMs: number, minimum: number, description: string) =>
  Type.Integer({ default: defaultMs, minimum, maximum: 90 * 86_400_000, description });

/** What is known of a sender beforehand; without an entry everything is found out. */
export const KnownSource = Type.Object(
  {
    address: Type.String({ minLength: 2, maxLength: 64, description: 'Address or network of the sender.' }),
    zone: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'IANA name of its clock.' })),
    encoding: Type.Optional(Type.Enum(['utf-8', 'shift_jis', 'euc-jp'], { description: 'Of its texts.' })),
  },
  { additionalProperties: false },
);
export type KnownSource = Static<typeof KnownSource>;

export const SilenceConfig = Type.Object(
  {
    isOn: Type.Boolean({
      default: true,
      description: 'Alerts when a source falls silent or says far less than usual.',
    }),
    checkMs: Ms(10_000, 50, 'How often is looked.'),
    minMs: Ms(900_000, 1_000, 'No silence is shorter.'),
    maxMs: Ms(86_400_000, 1_000, 'Silence for so long is always one.'),
    unlearnedMs: Ms(4 * 3_600_000, 1_000, 'The shortest at hours of the day that were never seen yet.'),
    learnMs: Ms(1_800_000, 0, 'A source that was heard for less is not missed.'),
    learnMessages: Type.Integer({ default: 20, minimum: 1, description: 'A source that said less is not missed.' }),
    dropShare: Type.Number({
      default: 0.1,
      minimum: 0,
      maximum: 1,
      description: 'An hour with less than this share of what the hour of that weekday usually has is far too quiet.',
    }),
    dropMessages: Type.Integer({
      default: 200,
      minimum: 1,
      description: 'Hours that usually have less are not judged.',
    }),
    dropHours: Type.Integer({ default: 2, minimum: 1, maximum: 24, description: 'So many such hours in a row.' }),
    forgetMs: Ms(14 * 86_400_000, 60_000, 'A source that was not heard for so long is not expected any more.'),
  },
  { additionalProperties: false, default: {} },
);
export type SilenceConfig = Static<typeof SilenceConfig>;

/** Defaults: on, on the private addresses of the machine alone, for senders with private addresses alone. */
export const SyslogConfig = Type.Object(
  {
    isOn: Type.Boolean({ default: true, description: 'Whether messages are received.' }),
    addresses: Type.Array(Type.String({ minLength: 2, maxLength: 64 }), {
      default: [],
      maxItems: 32,
      description: "Where it listens; empty: the machine's private addresses, looked up again as they change.",
    }),
    allow: Type.Array(Type.String({ minLength: 2, maxLength: 64 }), {
      default: [
        '10.0.0.0/8',
        '172.16.0.0/12',
        '192.168.0.0/16',
        '169.254.0.0/16',
        '127.0.0.0/8',
        'fc00::/7',
        'fe80::/10',
        '::1/128',
      ],
      maxItems: 256,
      description: 'Networks that may send; what others send is counted and dropped.',
    }),
    udpPorts: Ports(
      [514, 5514],
      'Ports below 1024 need CAP_NET_BIND_SERVICE; one that cannot be had is told and tried again.',
    ),
    tcpPorts: Ports([514, 5514], 'Plain TCP; the same.'),
    tlsPorts: Ports([6514], 'TCP with TLS (RFC 5425).'),
    tls: Type.Object(
      {
        certificate: Type.Optional(
          Type.String({ maxLength: 1_024, description: 'PEM file; without one the box makes its own.' }),
        ),
        key: Type.Optional(Type.String({ maxLength: 1_024, description: 'PEM file.' })),
      },
      { additionalProperties: false, default: {} },
    ),
    zone: Type.String({
      default: 'Asia/Tokyo',
      minLength: 1,
      maxLength: 64,
      description: 'Of clocks that do not say theirs; IANA name.',
    }),
    sources: Type.Array(KnownSource, {
      default: [],
      maxItems: 256,
      description: 'What is known of senders beforehand.',
    }),
    sourcesMax: Type.Integer({
      default: 256,
      minimum: 1,
      maximum: 4_096,
      description: 'Beyond it the one heard longest ago is forgotten.',
    }),
    ratePerS: Type.Integer({
      default: 15_000,
      minimum: 1,
      maximum: 1_000_000,
      description: 'Messages a second of one source.',
    }),
    burst: Type.Integer({ default: 30_000, minimum: 1, maximum: 10_000_000, description: 'So many more at once.' }),
    connectionsMax: Type.Integer({
      default: 128,
      minimum: 1,
      maximum: 4_096,
      description: 'TCP and TLS connections, all ports together.',
    }),
    connectionsPerAddress: Type.Integer({ default: 16, minimum: 1, maximum: 4_096, description: 'Of one sender.' }),
    idleMs: Ms(12 * 3_600_000, 1_000, 'A connection that says nothing for so long is closed.'),
    halfFrameMs: Ms(30_000, 100, 'A message that is not whole after so long ends its connection.'),
    frameBytesMax: Type.Integer({
      default: 65_536,
      minimum: 480,
      maximum: 65_536,
      description: 'Of one message; longer ones are cut.',
    }),
    receiveBufferBytes: Type.Integer({
      default: 8 * 2 ** 20,
      minimum: 65_536,
      maximum: 2 ** 30,
      description: 'Asked of the kernel for each UDP socket; net.core.rmem_max bounds it.',
    }),
    lossMs: Ms(5_000, 50, 'How often the kernel is asked what it dropped.'),
    retryMs: Ms(15_000, 50, 'How often a port that could not be had is tried again, and addresses are looked up.'),
    reportMs: Ms(300_000, 1_000, 'How often each source is told of.'),
    silence: SilenceConfig,
  },
  { additionalProperties: false, default: {} },
);
export type SyslogConfig = Static<typeof SyslogConfig>;

/** What the schema cannot say: networks and zones that are none. Undefined when all is well. */
export function flawOfSyslog(config: SyslogConfig): string | undefined {
  const { allow, sources, zone } = config;
  try {
    new Networks([...allow, ...sources.map(({ address }) => address)]);
  } catch (error) {
    return describeError(error);
  }
  const zones = [zone, ...sources.flatMap((source) => source.zone ?? [])];
  const wrong = zones.find((name) => !isZone(name));
  if (wrong !== undefined) return `${wrong} is no time zone; it must be a name such as Asia/Tokyo`;
  const { certificate, key } = config.tls;
  return (certificate === undefined) === (key === undefined) ? undefined : 'tls needs certificate and key, or neither';
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
