import { type Static, Type } from 'typebox';
import { Id } from './common.js';

export const DEAD_LETTERS_LIMIT_DEFAULT = 200;

/** `{when}-{serial}-{agent}`. */
export const DeadLetterId = Type.String({ pattern: '^[0-9TZ:.-]{24}-[0-9]{6}-[A-Za-z0-9_-]{1,64}$', maxLength: 96 });

/** GET /dead-letters?agent=&limit=&before=. */
export const DeadLettersQuery = Type.Object(
  {
    agent: Type.Optional(Id),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: DEAD_LETTERS_LIMIT_DEFAULT })),
    before: Type.Optional({
      ...DeadLetterId,
      description: 'Those that are older than this one: `next` of the page before.',
    }),
  },
  { additionalProperties: false },
);

const Head = {
  id: Type.String(),
  at: Type.String(),
  site: Id,
  agent: Id,
  lane: Type.Optional(Type.String()),
  seq: Type.Optional(Type.Integer()),
  reason: Type.String(),
  bytes: Type.Integer({ description: 'Of the whole; less may be kept.' }),
};

/** What could not be stored as records, newest first, and how many there are. */
export const DeadLetterList = Type.Object({
  deadLetters: Type.Array(Type.Object(Head)),
  total: Type.Integer({ description: 'Of all agents.' }),
  byAgent: Type.Array(Type.Object({ agent: Id, count: Type.Integer(), newest: Type.String() }), {
    description: 'Those with most first.',
  }),
  byReason: Type.Array(Type.Object({ reason: Type.String(), count: Type.Integer() }), {
    description: 'Those with most first; of this agent where one is named.',
  }),
  next: Type.Optional(Type.String({ description: 'Where there are older ones: `before` for the next page.' })),
});
export type DeadLetterList = Static<typeof DeadLetterList>;

/** GET /dead-letters/{id}. */
export const DeadLetter = Type.Object({
  ...Head,
  content: Type.String({ description: 'Base64, up to 8 KiB of it.' }),
  text: Type.Optional(Type.String({ description: 'The same as text, unpacked, where it is text.' })),
});
export type DeadLetter = Static<typeof DeadLetter>;

/** DELETE /dead-letters?agent=: all of one agent. */
export const DeadLettersRemoval = Type.Object({ agent: Id }, { additionalProperties: false });
export const DeadLettersRemoved = Type.Object({ removed: Type.Integer() });
export type DeadLettersRemoved = Static<typeof DeadLettersRemoved>;
