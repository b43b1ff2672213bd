import { type Static, Type } from 'typebox';
import { type CaptureArgs, COMMAND_NAMES, type CommandName } from '../../protocol/commands.js';
import { keysOfSettings } from '../../protocol/remote-settings.js';

const MIB = 2 ** 20;

/**
 * What the office allows. It stands in the box's own file alone: nothing from afar changes it, and what it forbids is
 * refused by the box whoever has signed it.
 */
export const PolicyConfig = Type.Object(
  {
    commands: Type.Array(Type.Enum([...COMMAND_NAMES]), {
      default: [...COMMAND_NAMES],
      maxItems: 32,
      description: 'Commands that are obeyed.',
    }),
    settings: Type.Array(Type.String({ minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9.]+$' }), {
      default: ['logLevel', 'spool', 'publish', 'health', 'canary', 'watch', 'sensor'],
      maxItems: 64,
      description: 'Keys of the configuration, with all below them, that may be changed from afar.',
    }),
    capture: Type.Object(
      {
        secondsMax: Type.Integer({ default: 600, minimum: 1, maximum: 3_600, description: 'Longest capture.' }),
        bytesMax: Type.Integer({
          default: 64 * MIB,
          minimum: 2_048,
          maximum: 2 ** 30,
          description: 'Largest capture; it lies on the disk of the box until it is uploaded.',
        }),
        snapBytesMax: Type.Integer({
          default: 65_535,
          minimum: 14,
          maximum: 262_144,
          description: 'Bytes of a packet: 128 has the headers and little of what is said.',
        }),
      },
      { additionalProperties: false, default: {} },
    ),
    ring: Type.Boolean({
      default: false,
      description: 'Packets of the last minutes may be kept (watch.ring) and given out.',
    }),
  },
  { additionalProperties: false, default: {} },
);
export type PolicyConfig = Static<typeof PolicyConfig>;

/** Why the office does not want it, in words; undefined when it does not mind. */
export function forbids(policy: PolicyConfig, name: CommandName, args: object): string | undefined {
  if (!policy.commands.includes(name)) return `policy.commands of this box does not have ${name}`;
  return name === 'capture' ? forbidsCapture(policy, args as CaptureArgs) : undefined;
}

function forbidsCapture({ capture, ring }: PolicyConfig, args: CaptureArgs): string | undefined {
  const limits = [
    ['seconds', args.seconds, capture.secondsMax],
    ['bytesMax', args.bytesMax, capture.bytesMax],
    ['snapBytes', args.snapBytes, capture.snapBytesMax],
  ] as const;
  for (const [key, asked, most] of limits)
    if (asked > most) return `policy.capture of this box allows ${key} up to ${most}, not ${asked}`;
  if (args.lastSeconds !== undefined && !ring) return 'policy.ring of this box does not allow kept packets';
  return undefined;
}

/** Keys of settings that the office does not want to be changed from afar. */
export function forbiddenKeys(policy: PolicyConfig, settings: object): string[] {
  const isAllowed = (key: string): boolean =>
    policy.settings.some((allowed) => key === allowed || key.startsWith(`${allowed}.`));
  const isRing = (key: string): boolean => !policy.ring && /^watch\.ring(\.|$)/.test(key);
  return keysOfSettings(settings).filter((key) => !isAllowed(key) || isRing(key));
}
