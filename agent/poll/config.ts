import { type Static, Type } from 'typebox';
import { CodedError } from '../../protocol/base/errors.js';

export const TARGETS_MAX = 512;
const DAY_MS = 86_400_000;

const id = () => Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', description: 'Stays the same for ever.' });
/** A name or an address; never an option of a program that it is given to. */
const host = () => Type.String({ pattern: '^[A-Za-z0-9:][A-Za-z0-9.:_%-]{0,252}$' });
const port = (number: number) => Type.Integer({ default: number, minimum: 1, maximum: 65_535 });
const secretName = () =>
  Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$', description: 'Kept by hinomi-agent secret set.' });
const options = { additionalProperties: false } as const;

export const IcmpOptions = Type.Object(
  { host: host(), count: Type.Integer({ default: 3, minimum: 1, maximum: 10, description: 'Packets of a probe.' }) },
  options,
);
export const TcpOptions = Type.Object({ host: host(), port: Type.Integer({ minimum: 1, maximum: 65_535 }) }, options);
export const HttpOptions = Type.Object(
  {
    url: Type.String({
      pattern: '^https?://[^\\s@/?#]+([/?#]\\S*)?$',
      maxLength: 2_048,
      description: 'Without a user.',
    }),
    status: Type.Array(Type.Integer({ minimum: 100, maximum: 599 }), {
      default: [],
      maxItems: 32,
      description: 'Expected; none: anything below 400.',
    }),
    verify: Type.Boolean({ default: true, description: 'The certificate has to be one that the system trusts.' }),
    pinSha256: Type.Optional(
      Type.String({
        pattern: '^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$',
        description: 'Of the certificate; instead of verify.',
      }),
    ),
    expiryDays: Type.Integer({ default: 21, minimum: 0, maximum: 365, description: 'Told so long before it expires.' }),
    bodyBytesMax: Type.Integer({ default: 65_536, minimum: 0, maximum: 2 ** 20, description: 'Read no further.' }),
  },
  options,
);
export const DNS_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT', 'PTR'] as const;
export const DnsOptions = Type.Object(
  {
    server: Type.String({ pattern: '^[0-9A-Fa-f.:]{2,45}$', description: 'Address.' }),
    port: port(53),
    name: Type.String({ pattern: '^[A-Za-z0-9_.-]{1,253}$' }),
    type: Type.Enum([...DNS_TYPES], { default: 'A' }),
    expect: Type.Array(Type.String({ maxLength: 255 }), {
      default: [],
      maxItems: 16,
      description: 'One of these has to be among the answers; none: any answer.',
    }),
  },
  options,
);
export const AUTH_PROTOCOLS = ['md5', 'sha', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
export const PRIVACY_PROTOCOLS = ['des', 'aes', 'aes256b', 'aes256r'] as const;
export const SnmpOptions = Type.Object(
  {
    host: host(),
    port: port(161),
    version: Type.Enum(['2c', '3'], { default: '3' }),
    communitySecret: Type.Optional(secretName()),
    user: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
    authSecret: Type.Optional(secretName()),
    authProtocol: Type.Enum([...AUTH_PROTOCOLS], { default: 'sha' }),
    privacySecret: Type.Optional(secretName()),
    privacyProtocol: Type.Enum([...PRIVACY_PROTOCOLS], { default: 'aes' }),
    interfacesMax: Type.Integer({
      default: 64,
      minimum: 0,
      maximum: 512,
      description: 'Those with the lowest numbers.',
    }),
    supplyPercentMin: Type.Integer({ default: 5, minimum: 0, maximum: 100, description: 'Of toner; below: degraded.' }),
  },
  options,
);
export const ServiceOptions = (number: number) => Type.Object({ host: host(), port: port(number) }, options);

export const Target = Type.Object(
  {
    id: id(),
    name: Type.String({ minLength: 1, maxLength: 128, description: 'For people.' }),
    everyMs: Type.Integer({
      default: 60_000,
      minimum: 10_000,
      maximum: DAY_MS,
      description: 'A probe each, more or less.',
    }),
    timeoutMs: Type.Integer({ default: 5_000, minimum: 100, maximum: 60_000, description: 'Of a whole probe.' }),
    slowMs: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 60_000, description: 'An answer after that: degraded.' }),
    ),
    downAfter: Type.Integer({ default: 3, minimum: 1, maximum: 100, description: 'Failures until it is down.' }),
    upAfter: Type.Integer({ default: 2, minimum: 1, maximum: 100, description: 'Successes until it is back.' }),
    icmp: Type.Optional(IcmpOptions),
    tcp: Type.Optional(TcpOptions),
    http: Type.Optional(HttpOptions),
    dns: Type.Optional(DnsOptions),
    snmp: Type.Optional(SnmpOptions),
    smb: Type.Optional(ServiceOptions(445)),
    rdp: Type.Optional(ServiceOptions(3_389)),
  },
  options,
);
export type Target = Static<typeof Target>;

export const PROBE_KINDS = ['icmp', 'tcp', 'http', 'dns', 'snmp', 'smb', 'rdp'] as const;
export type ProbeKind = (typeof PROBE_KINDS)[number];

export const PollConfig = Type.Object(
  {
    targets: Type.Array(Target, {
      default: [],
      maxItems: TARGETS_MAX,
      description: 'Each has exactly one of the probes.',
    }),
    concurrency: Type.Integer({ default: 16, minimum: 1, maximum: 64, description: 'Probes at once.' }),
    recordMs: Type.Integer({
      default: 300_000,
      minimum: 10_000,
      maximum: 3_600_000,
      description: 'One record of a target each, unless its state changes.',
    }),
    backoffMsMax: Type.Integer({
      default: 600_000,
      minimum: 10_000,
      maximum: DAY_MS,
      description: 'Longest wait for a target that is down, unless its own interval is longer.',
    }),
  },
  { additionalProperties: false, default: {} },
);
export type PollConfig = Static<typeof PollConfig>;

/** The probe of a target that was checked. */
export function kindOf(target: Target): ProbeKind {
  const kind = PROBE_KINDS.find((name) => target[name] !== undefined);
  if (kind === undefined) throw new Error(`${target.id} has no probe`);
  return kind;
}

/** What a schema cannot say. @throws CONFIG_INVALID */
export function checkTargets(targets: readonly Target[]): void {
  const seen = new Set<string>();
  for (const [index, target] of targets.entries()) {
    const flaw = seen.has(target.id) ? `the id ${target.id} is used twice` : flawOf(target);
    if (flaw !== undefined) throw new CodedError('CONFIG_INVALID', `poll.targets.${index}: ${flaw}`);
    seen.add(target.id);
  }
}

function flawOf(target: Target): string | undefined {
  const kinds = PROBE_KINDS.filter((name) => target[name] !== undefined);
  if (kinds.length !== 1) return `needs exactly one of ${PROBE_KINDS.join(', ')}`;
  if (target.timeoutMs >= target.everyMs) return 'timeoutMs has to be shorter than everyMs';
  return target.snmp === undefined ? undefined : flawOfSnmp(target.snmp);
}

function flawOfSnmp(snmp: Static<typeof SnmpOptions>): string | undefined {
  if (snmp.version === '2c') return snmp.communitySecret === undefined ? 'snmp.communitySecret is missing' : undefined;
  if (snmp.user === undefined) return 'snmp.user is missing';
  if (snmp.privacySecret !== undefined && snmp.authSecret === undefined)
    return 'snmp.privacySecret needs snmp.authSecret as well';
  return undefined;
}

/** By which names targets refer to secrets. */
export function secretNamesOf(targets: readonly Target[]): string[] {
  const names = targets.flatMap(({ snmp }) =>
    snmp === undefined ? [] : [snmp.communitySecret, snmp.authSecret, snmp.privacySecret],
  );
  return [...new Set(names.filter((name) => name !== undefined))];
}
