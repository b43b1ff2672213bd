import type { MessageClock } from './clock.js';
import { readRfc5424 } from './header-5424.js';
import { readLegacy } from './header-legacy.js';
import type { HeaderDraft, HeaderRead } from './header-read.js';

export type { HeaderRead } from './header-read.js';

const PRIORITY_MAX = 191;
const BOM = 0xfeff;
/** What stands for bytes that could not be decoded. */
const REPLACED = '\ufffd';
const PRI = /<(\d{1,3})>/y;
/** RFC 5424 6.2.2: from 1, at most three digits; here a blank or the end has to follow. */
const VERSION = /([1-9]\d{0,2})(?= |$)/y;
/** A priority that a relay took away. */
const LOST_PRI = /1 (?=\d{4}-\d\d-\d\dT)/y;

/** What the syslog header of a message says, whatever it is. Linear in the length of the text; never throws. */
export function readHeader(text: string, clock: MessageClock): HeaderRead {
  const start = text.charCodeAt(0) === BOM ? 1 : 0;
  const draft: HeaderDraft = {};
  PRI.lastIndex = start;
  const pri = PRI.exec(text);
  if (pri === null) return withoutPri(text, start, draft, clock);
  const at = PRI.lastIndex;
  const priority = Number(pri[1]);
  const flaw = flawOfPri(pri[1] as string, priority);
  if (flaw === undefined) draft.priority = priority;
  VERSION.lastIndex = at;
  const version = VERSION.exec(text);
  const read = version === null ? readLegacy(text, at, draft, clock) : readVersion(text, at, version[0], draft, clock);
  return flaw === undefined || read.flaw !== undefined ? read : { ...read, flaw };
}

function flawOfPri(digits: string, priority: number): string | undefined {
  if (priority > PRIORITY_MAX) return `the priority is above ${PRIORITY_MAX}`;
  return digits.length > 1 && digits.startsWith('0') ? 'the priority begins with a zero' : undefined;
}

function readVersion(text: string, at: number, version: string, draft: HeaderDraft, clock: MessageClock): HeaderRead {
  const legacy = isSequence(text, at + version.length) ? readLegacy(text, at, { ...draft }, clock) : undefined;
  if (legacy !== undefined) return legacy;
  draft.version = Number(version);
  const read = readRfc5424(text, at + version.length, draft, clock);
  return read.flaw === undefined && text.includes(REPLACED)
    ? { ...read, flaw: 'RFC 5424: bytes that are no UTF-8' }
    : read;
}

/** `101 21: %SYS...`, `29 May 2026 ...`: numbers that are no version. */
const NO_VERSION = / (?:\d+: |(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{4})/y;
function isSequence(text: string, at: number): boolean {
  NO_VERSION.lastIndex = at;
  return NO_VERSION.test(text);
}

function withoutPri(text: string, start: number, draft: HeaderDraft, clock: MessageClock): HeaderRead {
  LOST_PRI.lastIndex = start;
  if (!LOST_PRI.test(text)) return readLegacy(text, start, draft, clock);
  draft.version = 1;
  return readRfc5424(text, start + 1, draft, clock);
}
