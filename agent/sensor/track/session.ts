import type { ApplicationName } from './application.js';
import type { ConversationFields } from './conversation.js';

/** Whether bytes are of a protocol. `More`: too few of them to tell. */
export const Verdict = { No: 0, Yes: 1, More: 2 } as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** `Session.onBytes`: nothing of this conversation is wanted any more. Its rest costs nothing. */
export const DONE = -1;
/**
 * `Session.onBytes`: what follows is another protocol (STARTTLS, CONNECT): it is recognised anew. Alone it means that all
 * bytes were used; `CHANGED - n` that n of them were, and the rest is the other protocol's.
 */
export const CHANGED = -2;

/** The flow that a session belongs to. */
export interface Conversation {
  readonly slot: number;
  /** Of the originator (side 0) and the responder (side 1). */
  port(side: number): number;
  fields(): ConversationFields;
  /** Bytes of a side that are still to be passed over, because a session said so. */
  unseen(side: number): number;
  /**
   * Tells a record of this flow; its time, kind and the flow's own fields are added, and must not be in `fields`.
   * @param protocol `network.protocol`, when it is not the name under which the flow was recognised
   */
  emit(dataset: string, timeUs: number, fields: Readonly<Record<string, unknown>>, protocol?: ApplicationName): void;
}

/** One conversation in one protocol. Its state is its own; it never throws, whatever it is given. */
export interface Session {
  /**
   * Bytes of one side: over TCP in order, what was not used before in front; over UDP one datagram.
   * @param side 0 from the originator
   * @returns over TCP how many bytes of [start, end) were used; more than there are: so many that follow are of no
   * interest. DONE or CHANGED end the session. Over UDP any other number goes on.
   */
  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number;
  /** TCP: bytes of a side are missing in front of those that come next. Without this the side waits until
   * a segment begins as `recognise` wants it. */
  onGap?(side: number, timeUs: number): void;
  /** The flow, or the session, has ended: what is still to be told is told now. */
  onEnd(timeUs: number): void;
}

/** An application protocol: how it is recognised, and who follows it. */
export interface Protocol {
  readonly name: ApplicationName;
  readonly transport: 'tcp' | 'udp';
  /** Record kinds that it makes. Not asked when none of them is wanted. */
  readonly datasets: readonly string[];
  /**
   * Whether the first bytes of a side are of this protocol. Cheap, and strict enough not to take others': the first
   * protocol that says yes has the conversation.
   * @param fromPort, toPort of the side that sent them
   */
  recognise(b: Buffer, start: number, end: number, fromPort: number, toPort: number): Verdict;
  open(conversation: Conversation): Session;
}
