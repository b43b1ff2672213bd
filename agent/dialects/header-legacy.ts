import type { MessageClock } from './clock.js';
import type { HeaderDraft, HeaderRead } from './header-read.js';
import { epochTime, type TimeAt, timeAt } from './times.js';

/** Headers that relays put before one another; more are left in the body. */
const RELAYS_MAX = 4;
const HOSTNAME_MAX = 255;
const TAG_MAX = 64;
const PROCID_MAX = 128;
/** Cisco: `<189>000123: `, `<189>host: `, both, then `*` or `.` before a time that is not synchronised. */
const SEQUENCE = /\d{1,12}: +/y;
/** `00:01:01: %`, `2w3d: %`, `21: %`. */
const UPTIME = /(?:\d{1,5}:\d\d:\d\d|(?:\d{1,4}[ywdh]){1,4}|(?:\d{1,9} )?\d{1,9}): +(?=%)/y;
const TASK = /\*[\w.-]{1,64}: +/y;
/** Written out by some devices where the host is expected. */
const PRIORITY_WORDS =
  /(?:kern|user|mail|daemon|auth|syslog|lpr|news|uucp|cron|authpriv|ftp|local[0-7])\.(?:emerg|alert|crit|err|error|warning|warn|notice|info|debug) +/y;
const EPOCH = /\d{10}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?(?=[ :])/y;

/** RFC 3164 and everything between: no time, no host, other times, relays' headers in front. */
export function readLegacy(text: string, start: number, draft: HeaderDraft, clock: MessageClock): HeaderRead {
  let at = skipBlanks(text, start);
  let time: TimeAt | undefined;
  let hasTime = false;
  for (let depth = 0; depth < RELAYS_MAX; depth++) {
    const next = depth === 0 ? outerHeader(text, at, clock) : innerHeader(text, at, clock);
    if (next === undefined) break;
    at = next.end;
    if (next.time !== undefined) {
      time = next.time;
      hasTime = true;
      draft.timestamp = next.timestamp ?? '';
    }
    if (next.hostname !== undefined) draft.hostname = next.hostname;
    if (next.priority !== undefined) draft.priority ??= next.priority;
  }
  const contentAt = readTag(text, at, draft, hasTime || draft.priority !== undefined) - at;
  return { header: draft, body: text.slice(at), contentAt, ...(time === undefined ? {} : { time: time.time }) };
}

interface Part {
  readonly end: number;
  readonly time?: TimeAt;
  readonly timestamp?: string;
  readonly hostname?: string;
  readonly priority?: number;
}

function skipBlanks(text: string, at: number): number {
  let end = at;
  while (text.charCodeAt(end) === 0x20 || text.charCodeAt(end) === 0x09) end++;
  return end;
}

/** The first header: a time and a host, or what Cisco puts before them. Undefined when there is neither. */
function outerHeader(text: string, start: number, clock: MessageClock): Part | undefined {
  const at = skipMarks(text, start);
  const plain = headerTime(text, at, clock);
  if (plain !== undefined) return withHost(text, at, plain);
  return ciscoHeader(text, start, clock);
}

function skipMarks(text: string, at: number): number {
  let end = at;
  if (text.charCodeAt(end) === 0x3a) end = skipBlanks(text, end + 1);
  const code = text.charCodeAt(end);
  return code === 0x2a || (code === 0x2e && text.charCodeAt(end + 1) > 0x40) ? end + 1 : end;
}

function headerTime(text: string, at: number, clock: MessageClock): TimeAt | undefined {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) {
    EPOCH.lastIndex = at;
    const epoch = EPOCH.exec(text);
    const time = epoch === null ? undefined : epochTime(epoch[0]);
    if (time !== undefined) return { time, end: EPOCH.lastIndex, hasZone: true, hasYear: true };
  }
  return timeAt(text, at, clock);
}

/** `000123: `, then perhaps a host, a node or both, then perhaps a time, or how long the device has been up. */
function ciscoHeader(text: string, start: number, clock: MessageClock): Part | undefined {
  SEQUENCE.lastIndex = start;
  const at = SEQUENCE.test(text) ? SEQUENCE.lastIndex : start;
  const direct = ciscoTime(text, at, clock);
  if (direct !== undefined) return direct;
  const colon = text.indexOf(':', at);
  const named = colon > at && colon - at <= HOSTNAME_MAX ? namesBefore(text, at, colon) : undefined;
  if (named !== undefined) {
    const part = ciscoTime(text, skipTask(text, skipBlanks(text, colon + 1)), clock);
    if (part !== undefined) return { ...part, ...(named.hostname === undefined ? {} : { hostname: named.hostname }) };
  }
  return at > start ? { end: at } : undefined;
}

/** `*Jan  1 00:00:00.123 UTC: `, or an uptime, which says nothing about the time of day. */
function ciscoTime(text: string, start: number, clock: MessageClock): Part | undefined {
  UPTIME.lastIndex = start;
  if (UPTIME.test(text)) return { end: UPTIME.lastIndex };
  const at = skipMarks(text, start);
  const time = headerTime(text, at, clock);
  return time === undefined ? undefined : withoutHost(text, at, time);
}

/** A wireless controller names its task: `*spamApTask1: `. */
function skipTask(text: string, at: number): number {
  TASK.lastIndex = at;
  return TASK.test(text) ? TASK.lastIndex : at;
}

/** `host: `, `node:` or `host node:`; a node alone is no host. */
function namesBefore(text: string, start: number, colon: number): { hostname?: string } | undefined {
  const blank = text.indexOf(' ', start);
  const end = blank < 0 || blank > colon ? colon : blank;
  if (!isHostname(text, start, end)) return undefined;
  if (end < colon) return isHostname(text, blank + 1, colon) ? { hostname: text.slice(start, end) } : undefined;
  return text.charCodeAt(colon + 1) === 0x20 ? { hostname: text.slice(start, end) } : {};
}

/** Behind a time that stood where Cisco has it: `: ` and the message. */
function withoutHost(text: string, start: number, time: TimeAt): Part {
  let end = skipBlanks(text, time.end);
  if (text.charCodeAt(end) === 0x3a) end = skipBlanks(text, end + 1);
  return { end, time, timestamp: text.slice(start, time.end) };
}

function withHost(text: string, start: number, time: TimeAt): Part {
  const timestamp = text.slice(start, time.end);
  let at = skipBlanks(text, time.end);
  // Cisco: `Jan  1 00:00:00.123: %SYS`; ASA: `Jan 01 2026 00:00:00: %ASA`.
  if (text.charCodeAt(at) === 0x3a) return { end: skipBlanks(text, at + 1), time, timestamp };
  PRIORITY_WORDS.lastIndex = at;
  if (PRIORITY_WORDS.test(text)) at = PRIORITY_WORDS.lastIndex;
  const hostEnd = hostnameEnd(text, at);
  if (hostEnd < 0) return { end: at, time, timestamp };
  const name = text.slice(at, hostEnd);
  at = skipBlanks(text, hostEnd);
  // `host : %ASA-6-...`, and `host: CEF:0|`.
  if (text.charCodeAt(at) === 0x3a && isBlankAt(text, at + 1)) at = skipBlanks(text, at + 1);
  return { end: at, time, timestamp, ...(name === '-' ? {} : { hostname: name }) };
}

/**
 * A header that a relay's stands before: its own priority, or a time and a host again. A time without a host belongs to
 * the message.
 */
function innerHeader(text: string, start: number, clock: MessageClock): Part | undefined {
  const pri = /^<(\d{1,3})>/.exec(text.slice(start, start + 5));
  const at = pri === null ? start : skipBlanks(text, start + pri[0].length);
  const priority = pri === null ? {} : { priority: Number(pri[1]) };
  const time = headerTime(text, at, clock);
  if (time === undefined) return pri === null ? undefined : { end: at, ...priority };
  const part = withHost(text, at, time);
  if (pri === null && (part.hostname === undefined || !isRelayed(text, at, part.end))) return undefined;
  return { ...part, ...priority };
}

/** A BSD time, or a tag behind the host. */
function isRelayed(text: string, timeStart: number, bodyStart: number): boolean {
  const isBsd = text.charCodeAt(timeStart) > 0x40;
  return isBsd || tagEnd(text, bodyStart) > 0 || /^(?:%|CEF:|LEEF:)/.test(text.slice(bodyStart, bodyStart + 5));
}

function isBlankAt(text: string, at: number): boolean {
  return at >= text.length || text.charCodeAt(at) === 0x20;
}

/** Words that begin a message, where a host could stand. */
const NO_HOSTS = ['last message repeated', 'message repeated', '-- MARK --'];

/** Where the hostname that begins here ends, or -1 when the word is a tag, a pair, or part of a message. */
function hostnameEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && text.charCodeAt(end) !== 0x20 && end - start <= HOSTNAME_MAX) end++;
  if (end === start || end >= text.length) return -1;
  if (NO_HOSTS.some((words) => text.startsWith(words, start))) return -1;
  if (text.charCodeAt(end - 1) === 0x3a && !isFormatAt(text, skipBlanks(text, end))) return -1;
  const last = text.charCodeAt(end - 1) === 0x3a ? end - 1 : end;
  return isHostname(text, start, last) ? last : -1;
}

/** Behind `host:` these begin a message, and it was no tag. */
function isFormatAt(text: string, at: number): boolean {
  return text.startsWith('CEF:', at) || text.startsWith('LEEF:', at);
}

/** Letters, digits, `-._:/` and an IPv6 zone; `-` alone is nil. */
function isHostname(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    const isFine =
      (code >= 0x61 && code <= 0x7a) ||
      (code >= 0x41 && code <= 0x5a) ||
      (code >= 0x2d && code <= 0x3a) ||
      code === 0x5f ||
      code > 0x7f;
    if (!isFine) return false;
  }
  return end > start;
}

/** `name:` or `name[pid]:`, kept in the body too. @returns where what it says begins */
function readTag(text: string, start: number, draft: HeaderDraft, hasHeader: boolean): number {
  const end = tagEnd(text, start);
  if (end < 0) return start;
  const bracket = text.indexOf('[', start);
  const hasPid = bracket > start && bracket < end;
  if (!hasHeader && !hasPid) return start;
  const content = skipBlanks(text, end + 1);
  draft.appname = text.slice(start, hasPid ? bracket : end);
  if (!hasPid) return content;
  const pid = text.slice(bracket + 1, text.indexOf(']', bracket));
  if (pid !== '' && pid !== '-') draft.procid = pid;
  return content;
}

const TAG = new RegExp(
  `[A-Za-z0-9_(./%][\\w./()#@+,-]{0,${TAG_MAX - 1}}(?:\\[[^\\]\\s[]{0,${PROCID_MAX}}\\])?(?=:(?:\\s|$))`,
  'y',
);

/** Where the colon of the tag is, or -1. */
function tagEnd(text: string, start: number): number {
  TAG.lastIndex = start;
  if (!TAG.test(text)) return -1;
  const name = text.slice(start, TAG.lastIndex);
  return name === 'CEF' || name === 'LEEF' ? -1 : TAG.lastIndex;
}
