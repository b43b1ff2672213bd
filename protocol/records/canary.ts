import { type Static, Type } from 'typebox';
import { Constant, EVERY_RECORD } from './common.js';
import { Keyword } from './field-types.js';

const opt = Type.Optional;

/** First label of the name that a canary asks for, in front of its id. */
export const CANARY_LABEL = 'hinomi-canary-';

/** `sent` is said at once, `seen` or `unseen` of the sensor later; `failed`: it could not be sent; `off`: none is sent here. */
export const CANARY_STATES = ['sent', 'seen', 'unseen', 'failed', 'off'] as const;
export type CanaryState = (typeof CANARY_STATES)[number];

/**
 * A packet that the agent sends once a day, and whether its sensor saw it. The `dns` record of its name has to come out
 * at the collector. It proves the way from the box's own interface to the store, and nothing about the mirror port:
 * that is proven by `hinomi.coverage.unicast_others_share`.
 */
export const CanaryRecord = Type.Object({
  ...EVERY_RECORD,
  'event.kind': Constant('event', 'ECS kind.'),
  'event.dataset': Constant('canary', 'Record kind.'),
  'hinomi.canary.state': Keyword('sent, seen, unseen, failed or off.'),
  'hinomi.canary.id': opt(Keyword('Of this one: in its name, and in what is said of it later.')),
  'hinomi.canary.name': opt(Keyword('The harmless name that it asks for.')),
  'hinomi.canary.interface': opt(Keyword('Where it was sent.')),
  'hinomi.canary.reason': opt(Keyword('Why it could not be sent, or none is.')),
});
export type CanaryRecord = Static<typeof CanaryRecord>;

/** The id of the canary whose name this is, or undefined. */
export function canaryIdOf(name: unknown): string | undefined {
  if (typeof name !== 'string' || !name.startsWith(CANARY_LABEL)) return undefined;
  const id = name.slice(CANARY_LABEL.length).split('.', 1)[0] ?? '';
  return /^[0-9a-z]{1,32}$/.test(id) ? id : undefined;
}
