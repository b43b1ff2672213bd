import type { Fields } from '../dialect.js';

/** A maker of gear whose lines are recognised, and read by their words. */
export interface Maker {
  readonly vendor: string;
  readonly product: string;
  /** ECS `observer.type`. */
  readonly type: string;
  /** Programs that nobody else has, in lower case. */
  readonly programs?: readonly string[];
  /** Tried on the first READ_MAX characters behind the header. */
  readonly re?: RegExp;
  /** Its lines come from programs that any Unix has. */
  readonly isUnix?: boolean;
  /** What its lines mean, where the words alone would mislead. */
  readonly fields?: Fields;
}
