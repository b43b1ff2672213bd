import type { Conversation } from './session.js';

const LIST_ITEMS_MAX = 64;
const TEXT_CHARACTERS_MAX = 512;
/** In all lists of a conversation: many of them must not fill the memory. */
const LIST_CHARACTERS_MAX = 8_192;
/** What is left of a text that was longer than a record keeps. */
const ELLIPSIS = '…';
/** A conversation that goes on is told after this, and again after as long when there is something new. */
const TOLD_AGAIN_US = 900e6;

export type Fact = string | number | boolean | undefined;

/**
 * What is known of one conversation so far, within limits, until it is told as one record of the session kind: at its
 * end, or after a while when it goes on for long.
 */
export class Facts {
  readonly #conversation: Conversation;
  #values = new Map<string, Fact | string[]>();
  #startUs = 0;
  #toldUs = 0;
  #isNew = false;
  #listCharacters = 0;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  /** Something of this conversation was seen. The first time is that of the record. */
  at(timeUs: number): void {
    if (this.#startUs === 0) {
      this.#startUs = timeUs;
      this.#isNew = true;
    }
    if (this.#toldUs === 0) this.#toldUs = timeUs;
  }

  /** The last word counts. What is undefined or empty says nothing. */
  set(name: string, value: Fact): void {
    if (value === undefined || value === '') return;
    const kept = typeof value === 'string' ? bounded(value) : value;
    if (this.#values.get(name) === kept) return;
    this.#values.set(name, kept);
    this.#isNew = true;
  }

  /** The first word counts. */
  first(name: string, value: Fact): void {
    if (!this.#values.has(name)) this.set(name, value);
  }

  /** What was said holds no more. */
  drop(name: string): void {
    this.#values.delete(name);
  }

  /** One of several, each once, in the order in which they came first. */
  add(name: string, value: string | undefined): void {
    if (value === undefined || value === '') return;
    const list = this.#values.get(name);
    const kept = bounded(value);
    const isKnown = Array.isArray(list) && (list.length >= LIST_ITEMS_MAX || list.includes(kept));
    if (isKnown || this.#listCharacters + kept.length > LIST_CHARACTERS_MAX) return;
    if (Array.isArray(list)) list.push(kept);
    else this.#values.set(name, [kept]);
    this.#listCharacters += kept.length;
    this.#isNew = true;
  }

  get(name: string): Fact | string[] {
    return this.#values.get(name);
  }

  /** For conversations without an end: tells what is new when it is time. @returns whether it was */
  tellNowAndThen(timeUs: number, everyUs = TOLD_AGAIN_US): boolean {
    if (this.#startUs === 0 || timeUs - this.#toldUs < everyUs) return false;
    this.tell();
    this.#toldUs = timeUs;
    this.#startUs = timeUs;
    return true;
  }

  /** Tells what was not told yet, if anything. */
  tell(): void {
    if (!this.#isNew || this.#startUs === 0) return;
    this.#isNew = false;
    const values = Object.fromEntries(this.#values);
    this.#conversation.emit('session', this.#startUs, { 'hinomi.session.outcome': 'unknown', ...values });
  }
}

/** Never half of a pair of surrogates, which no store takes. */
function bounded(text: string): string {
  if (text.length <= TEXT_CHARACTERS_MAX) return text;
  const isPairCut = (text.charCodeAt(TEXT_CHARACTERS_MAX - 2) & 0xfc00) === 0xd800;
  return `${text.slice(0, TEXT_CHARACTERS_MAX - (isPairCut ? 2 : 1))}${ELLIPSIS}`;
}
