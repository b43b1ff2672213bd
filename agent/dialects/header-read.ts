import type { Header } from './dialect.js';

export type HeaderDraft = { -readonly [Key in keyof Header]: Header[Key] };

export interface HeaderRead {
  readonly header: Header;
  /** Behind the header, the tag included; as sent. */
  readonly body: string;
  /** Where in it the tag of RFC 3164 ends, its colon and the blank behind it included. */
  readonly contentAt?: number;
  /** What the header's timestamp means, ISO 8601, UTC. */
  readonly time?: string;
  /** Why it is no header, where one was begun. What was read until then is there. */
  readonly flaw?: string;
}
