import type { CommandView, NewCommand } from '../../../protocol/api/remote.js';
import type { Role } from '../../../protocol/api/session.js';
import type { CommandName } from '../../../protocol/commands.js';
import { bytesText, harmless } from './format.js';
import type { Texts } from './texts-ja.js';

/** In the order in which they are offered: what disturbs least comes first. */
export const OFFERED = [
  'diagnostics',
  'capture',
  'rescan',
  'log-level',
  'restart',
] as const satisfies readonly CommandName[];
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export const WAITS_S = [600, 3_600, 86_400] as const;

const OPEN: ReadonlySet<string> = new Set(['waiting', 'sent', 'accepted']);
const GOOD: ReadonlySet<string> = new Set(['done']);
const MEGABYTE = 1_000_000;

export const mayCommand = (role: Role): boolean => role === 'admin' || role === 'support';
export const isOpen = ({ state }: CommandView): boolean => OPEN.has(state);

export function badgeOf(state: string): string {
  if (GOOD.has(state)) return 'badge good';
  return OPEN.has(state) ? 'badge busy' : 'badge bad';
}

/** A command as it is being filled in. */
export interface Draft {
  readonly name: CommandName;
  readonly filter: string;
  readonly seconds: string;
  readonly megabytes: string;
  readonly lastSeconds: string;
  readonly level: string;
  readonly minutes: string;
  readonly reason: string;
  readonly waitS: number;
}

export const FIRST_DRAFT: Draft = {
  ...{ name: 'diagnostics', filter: '', seconds: '30', megabytes: '10', lastSeconds: '' },
  ...{ level: 'debug', minutes: '30', reason: '', waitS: WAITS_S[0] },
};

/** @returns undefined where a number is missing or none */
export function bodyOf(draft: Draft): NewCommand | undefined {
  const args = argsOf(draft);
  if (args === undefined) return undefined;
  const reason = draft.reason.trim();
  return { name: draft.name, args, expiresInS: draft.waitS, ...(reason !== '' && { reason }) };
}

function argsOf(draft: Draft): Record<string, unknown> | undefined {
  if (draft.name === 'log-level') {
    const minutes = wholeNumber(draft.minutes, 1, 1_440);
    return minutes === undefined ? undefined : { level: draft.level, minutes };
  }
  return draft.name === 'capture' ? captureArgs(draft) : {};
}

function captureArgs({ filter, ...draft }: Draft): Record<string, unknown> | undefined {
  const seconds = wholeNumber(draft.seconds, 1, 3_600);
  const megabytes = wholeNumber(draft.megabytes, 1, 1_000);
  const isBack = draft.lastSeconds.trim() !== '';
  const lastSeconds = isBack ? wholeNumber(draft.lastSeconds, 1, 86_400) : undefined;
  if (seconds === undefined || megabytes === undefined || (isBack && lastSeconds === undefined)) return undefined;
  const plain = filter.normalize('NFKC').trim();
  return { filter: plain, seconds, bytesMax: megabytes * MEGABYTE, ...(isBack && { lastSeconds }) };
}

/** Full-width digits are fine. */
export function wholeNumber(text: string, minimum: number, maximum: number): number | undefined {
  const plain = text.normalize('NFKC').trim();
  const value = Number(plain);
  return /^\d+$/.test(plain) && value >= minimum && value <= maximum ? value : undefined;
}

/** What was asked for, in a line. */
export function argsText({ name, args }: CommandView, texts: Texts): string {
  const { remote } = texts;
  if (name === 'log-level') return `${levelText(args['level'], texts)} · ${texts.span(Number(args['minutes']), 'm')}`;
  if (name !== 'capture') return '';
  const filter = typeof args['filter'] === 'string' && args['filter'] !== '' ? [harmless(args['filter'])] : [];
  const lastSeconds = args['lastSeconds'];
  const time =
    typeof lastSeconds === 'number' ? `${remote.lastSeconds} ${lastSeconds}` : texts.span(Number(args['seconds']), 's');
  return [...filter, time, bytesText(Number(args['bytesMax']))].join(' · ');
}

function levelText(level: unknown, { remote }: Texts): string {
  return remote.levels[String(level)] ?? harmless(String(level));
}

/** What came of it, in a few lines. */
export function resultLines({ name, state, result }: CommandView, texts: Texts): string[] {
  const { remote } = texts;
  if (state !== 'done') return [];
  if (name === 'restart') return [remote.restarted];
  if (name === 'rescan') return [remote.devices(Number(result?.['devices'] ?? 0))];
  if (name === 'log-level') {
    const until = new Date(String(result?.['until'])).toLocaleString();
    return [remote.levelUntil(levelText(result?.['level'], texts), until)];
  }
  return name === 'capture' ? captureLines(result ?? {}, texts) : [];
}

function captureLines(result: Readonly<Record<string, unknown>>, { remote }: Texts): string[] {
  const packets = Number(result['packets'] ?? 0);
  const dropped = Number(result['dropped'] ?? 0);
  const end = remote.ends[String(result['endedBy'])];
  return [
    packets === 0 ? remote.noPackets : remote.packets(packets),
    ...(dropped > 0 ? [remote.dropped(dropped)] : []),
    ...(end === undefined ? [] : [end]),
  ];
}

/** Why it is as it is and what to do, in the reader's words; what the box said itself comes apart. */
export function nextStep({ state, code, remedy }: CommandView, { remote }: Texts): string | undefined {
  if (code !== undefined) return remote.next[code] ?? remedy;
  return remote.stateHints[state];
}

/** Whoever sent it; over the socket in the data folder there are no names. */
export function whoText(who: string, remote: Texts['remote']): string {
  return who === 'local administrator' ? remote.onTheServer : harmless(who);
}
