import { type Static, Type } from 'typebox';

export const BackupRequest = Type.Object(
  { folder: Type.String({ minLength: 1, maxLength: 4_096, description: "Absolute, on the collector's machine." }) },
  { additionalProperties: false },
);

/** Of the last backup since the collector's start. */
export const BackupStatus = Type.Object({
  state: Type.Enum(['none', 'running', 'done', 'failed']),
  folder: Type.Optional(Type.String()),
  made: Type.Optional(Type.String({ description: 'When it began.' })),
  rows: Type.Optional(Type.Integer({ description: 'Records in it.' })),
  bytes: Type.Optional(Type.Integer()),
  reason: Type.Optional(Type.String({ description: 'Why it failed.' })),
});
export type BackupStatus = Static<typeof BackupStatus>;
