import { type Static, Type } from 'typebox';
import { COMMAND_LIFE_MS_MAX, COMMAND_NAMES, CONFIG_STATES } from '../commands.js';
import { SettingField } from '../remote-settings.js';
import { Id } from './common.js';

/**
 * `waiting`: the box is not connected; `sent`; `accepted`: the box is at it; `done`, `failed`, `refused`: its last word;
 * `expired`: it was never sent in its time; `no-answer`: it was sent, and the box has not said what became of it.
 */
export const COMMAND_STATES = [
  'waiting',
  'sent',
  'accepted',
  'done',
  'failed',
  'refused',
  'expired',
  'no-answer',
] as const;
export type CommandState = (typeof COMMAND_STATES)[number];

/** POST /sites/{id}/commands. */
export const NewCommand = Type.Object(
  {
    name: Type.Enum([...COMMAND_NAMES]),
    args: Type.Optional(
      Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { maxProperties: 16, description: 'By the name.' }),
    ),
    expiresInS: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: COMMAND_LIFE_MS_MAX / 1_000,
        description: 'Until then a box that is not connected may still get it. Default: 600.',
      }),
    ),
    reason: Type.Optional(
      Type.String({ maxLength: 200, description: 'Why it is sent, for those who read it later. The box is not told.' }),
    ),
  },
  { additionalProperties: false },
);
export type NewCommand = Static<typeof NewCommand>;

export const CommandView = Type.Object({
  id: Id,
  site: Id,
  agent: Id,
  name: Type.String(),
  args: Type.Record(Type.String(), Type.Unknown()),
  state: Type.Enum([...COMMAND_STATES]),
  by: Type.String({ description: 'Who sent it.' }),
  reason: Type.Optional(Type.String({ description: 'Why, in the words of whoever sent it.' })),
  issued: Type.String(),
  expires: Type.String(),
  changed: Type.String({ description: 'When it came into its state.' }),
  code: Type.Optional(Type.String({ description: 'Why it failed or was refused.' })),
  message: Type.Optional(Type.String()),
  remedy: Type.Optional(Type.String()),
  result: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  file: Type.Optional(
    Type.Object(
      { name: Type.String(), bytes: Type.Integer(), sha256: Type.String() },
      {
        description: 'At GET /sites/{id}/commands/{command}/result.',
      },
    ),
  ),
});
export type CommandView = Static<typeof CommandView>;

/** GET /sites/{id}/commands: newest first. */
export const CommandList = Type.Object({ commands: Type.Array(CommandView) });
export type CommandList = Static<typeof CommandList>;

/** GET /settings. */
export const SettingList = Type.Object({ settings: Type.Array(SettingField) });
export type SettingList = Static<typeof SettingList>;

/** PUT /sites/{id}/config: all that is to differ from the box's own file. */
export const NewSiteConfig = Type.Object(
  { settings: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { maxProperties: 32 }) },
  { additionalProperties: false },
);
export type NewSiteConfig = Static<typeof NewSiteConfig>;

export const SiteConfigVersion = Type.Object({
  version: Type.Integer(),
  settings: Type.Record(Type.String(), Type.Unknown()),
  by: Type.String(),
  at: Type.String(),
});
export type SiteConfigVersion = Static<typeof SiteConfigVersion>;

/** What the box last said about its configuration. */
export const BoxConfig = Type.Object({
  agent: Id,
  state: Type.Enum([...CONFIG_STATES]),
  running: Type.Integer({ description: 'Version; 0: its own file alone.' }),
  seen: Type.Integer(),
  at: Type.String(),
  failed: Type.Optional(
    Type.Object({
      version: Type.Integer(),
      code: Type.String(),
      message: Type.String(),
      remedy: Type.Optional(Type.String()),
    }),
  ),
});
export type BoxConfig = Static<typeof BoxConfig>;

/** GET /sites/{id}/config, and the answer to PUT. */
export const SiteConfig = Type.Object({
  site: Id,
  desired: Type.Optional(SiteConfigVersion),
  box: Type.Optional(BoxConfig),
});
export type SiteConfig = Static<typeof SiteConfig>;

/** GET /sites/{id}/config/history: newest first. */
export const SiteConfigHistory = Type.Object({ versions: Type.Array(SiteConfigVersion) });
export type SiteConfigHistory = Static<typeof SiteConfigHistory>;
