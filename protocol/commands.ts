import { type Static, type TSchema, Type } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Id } from './api/common.js';
import { LOG_LEVELS } from './base/log.js';
import { CaptureRequest } from './capture.js';
import { RemoteSettings } from './remote-settings.js';

/**
 * What the collector may ask of a box, and what a box answers. Down: signed (`signed.ts`, contexts `command` and
 * `config`), addressed to one agent of one site, for one use, until a time. Up: JSON on `up/reply`; who sent it is the
 * certificate of the connection.
 */
export const REMOTE_VERSION = 1 as const;

/** Signed messages as sent. */
export const COMMAND_BYTES_MAX = 16 * 1024;
export const CONFIG_BYTES_MAX = 64 * 1024;
/** A reply as sent; what is longer is a file that is uploaded. */
export const REPLY_BYTES_MAX = 16 * 1024;
/** Between `issued` and `expires`; bounds how many ids a box has to remember. */
export const COMMAND_LIFE_MS_MAX = 7 * 86_400_000;
/** One piece of an upload: even a slow line sends it within the half minute that a request may take. */
export const UPLOAD_PIECE_BYTES_MAX = 256 * 1024;

const Millis = Type.Integer({ minimum: 0, maximum: 8.64e15, description: 'Milliseconds since the Unix epoch.' });
const Nothing = Type.Object({}, { additionalProperties: false });

/** Filter, time and size of a capture; `lastSeconds`: what the box has kept of so long ago in place of what comes. */
const CaptureArgs = Type.Object(
  {
    filter: CaptureRequest.properties.filter,
    seconds: { ...CaptureRequest.properties.seconds, default: 30 },
    bytesMax: CaptureRequest.properties.bytesMax,
    snapBytes: CaptureRequest.properties.snapBytes,
    lastSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 86_400, description: 'From the packets that the box keeps, where it may.' }),
    ),
  },
  { additionalProperties: false },
);
export type CaptureArgs = Static<typeof CaptureArgs>;

const LogLevelArgs = Type.Object(
  {
    level: Type.Enum([...LOG_LEVELS]),
    minutes: Type.Integer({ default: 30, minimum: 1, maximum: 1_440, description: 'Then it is as before.' }),
  },
  { additionalProperties: false },
);
export type LogLevelArgs = Static<typeof LogLevelArgs>;

/** Each command and what it takes. A new one is a new line here, and one in `agent/remote/runners.ts`. */
export const COMMAND_ARGS = {
  restart: Nothing,
  diagnostics: Nothing,
  capture: CaptureArgs,
  rescan: Nothing,
  'log-level': LogLevelArgs,
} as const;
export type CommandName = keyof typeof COMMAND_ARGS;
export const COMMAND_NAMES = Object.keys(COMMAND_ARGS) as CommandName[];
/** Those whose result is a file. */
export const FILE_COMMANDS: ReadonlySet<CommandName> = new Set(['diagnostics', 'capture']);

/** The body of a signed command. `args` is checked by its name. */
export const Command = Type.Object({
  v: Type.Literal(REMOTE_VERSION),
  id: Id,
  agent: Id,
  site: Id,
  name: Type.String({ minLength: 1, maxLength: 32 }),
  args: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown()),
  issued: Millis,
  expires: Millis,
});
export type Command = Static<typeof Command>;

/** The body of a signed configuration. `settings` is checked by the box, which says what is wrong with it. */
export const ConfigMessage = Type.Object({
  v: Type.Literal(REMOTE_VERSION),
  agent: Id,
  site: Id,
  version: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  issued: Millis,
  settings: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown()),
});
export type ConfigMessage = Static<typeof ConfigMessage>;

const Reason = {
  code: Type.String({ maxLength: 64, description: 'From error-codes.ts.' }),
  message: Type.String({ maxLength: 1_000 }),
};

/** `accepted` and then one of the others; `replayed` says that a known id came again and nothing was done. */
export const COMMAND_REPLIES = ['accepted', 'done', 'failed', 'refused', 'replayed'] as const;

export const CommandReply = Type.Object({
  v: Type.Literal(REMOTE_VERSION),
  kind: Type.Literal('command'),
  id: Id,
  state: Type.Enum([...COMMAND_REPLIES]),
  at: Millis,
  code: Type.Optional(Reason.code),
  message: Type.Optional(Reason.message),
  result: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Type.Unknown())),
});
export type CommandReply = Static<typeof CommandReply>;

/**
 * What a box runs with. `local`: its own file alone; `trial`: applied, not proven yet; `kept`: proven; `back`: version
 * `failed.version` did not do and what was before is there again; `refused`: that version was not even tried.
 */
export const CONFIG_STATES = ['local', 'trial', 'kept', 'back', 'refused'] as const;

/** Sent at each connection and when it changes. */
export const ConfigReply = Type.Object({
  v: Type.Literal(REMOTE_VERSION),
  kind: Type.Literal('config'),
  state: Type.Enum([...CONFIG_STATES]),
  /** 0: none from afar. */
  running: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  /** The newest that ever came; an older one is refused. */
  seen: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  at: Millis,
  failed: Type.Optional(Type.Object({ version: Type.Integer({ minimum: 0 }), ...Reason })),
});
export type ConfigReply = Static<typeof ConfigReply>;
export type Reply = CommandReply | ConfigReply;

const checkReply = Compile(Type.Union([CommandReply, ConfigReply]));
const checkCommand = Compile(Command);
const checkConfig = Compile(ConfigMessage);

export const isCommand = (body: unknown): body is Command => checkCommand.Check(body);
export const isConfigMessage = (body: unknown): body is ConfigMessage => checkConfig.Check(body);

export const encodeReply = (reply: Reply): Buffer => Buffer.from(JSON.stringify(reply));

/** Never throws. */
export function decodeReply(bytes: Uint8Array): Reply | undefined {
  if (bytes.length > REPLY_BYTES_MAX) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return checkReply.Check(value) ? (value as Reply) : undefined;
  } catch {
    return undefined;
  }
}

const checks = new Map<string, Validator>();

/** Why a command's arguments are wrong, in words; undefined when they are right. @param args with defaults */
export function flawOfArgs(name: CommandName, args: unknown): string | undefined {
  return flawOf(name, COMMAND_ARGS[name], args);
}

/** Why settings cannot be any box's, in words; undefined when they can. */
export function flawOfSettings(settings: unknown): string | undefined {
  return flawOf('settings', RemoteSettings, settings);
}

function flawOf(name: string, schema: TSchema, value: unknown): string | undefined {
  let check = checks.get(name);
  if (check === undefined) {
    check = Compile(schema) as unknown as Validator;
    checks.set(name, check);
  }
  if (check.Check(value)) return undefined;
  const [first] = check.Errors(value);
  const path = first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  const unknown = (first?.params as { additionalProperties?: string[] } | undefined)?.additionalProperties;
  if (unknown !== undefined)
    return `${unknown.map((key) => (path === '' ? key : `${path}.${key}`)).join(', ')} may not be set from afar`;
  return `${path || name} ${first?.message ?? 'is wrong'}`;
}
