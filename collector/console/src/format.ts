import type { Texts } from './texts-ja.js';

/**
 * Controls, direction marks, and what has no width: shown as `\u{202e}`, not obeyed. Names and messages in records
 * come from the network, where somebody may want them to look like something else.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0/gu;

export function harmless(text: string): string {
  return text.replaceAll(HIDDEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** At most `lengthMax` characters, with a sign that there were more. */
export function shortened(text: string, lengthMax: number): string {
  const characters = [...text.slice(0, lengthMax * 2)];
  if (characters.length <= lengthMax && text.length <= lengthMax * 2) return text;
  return `${characters.slice(0, lengthMax).join('')}…`;
}

export function valueText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return harmless(value);
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return harmless(value.join(', '));
  return harmless(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

export function bytesText(bytes: number): string {
  if (!Number.isFinite(bytes)) return '—';
  if (bytes < 1_000) return `${Math.round(bytes)} B`;
  if (bytes < 999_950) return `${(bytes / 1_000).toFixed(1)} kB`;
  if (bytes < 999_950_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}

export function rateText(perSecond: number): string {
  return perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toFixed(1);
}

/** @param seconds 0 and more */
export function spanText(seconds: number, texts: Texts): string {
  if (seconds < 60) return texts.span(Math.floor(seconds), 's');
  if (seconds < 3_600) return texts.span(Math.floor(seconds / 60), 'm');
  if (seconds < 86_400) return texts.span(Math.floor(seconds / 3_600), 'h');
  return texts.span(Math.floor(seconds / 86_400), 'd');
}

export function agoText(iso: string, nowMs: number, texts: Texts): string {
  const seconds = Math.max(0, (nowMs - Date.parse(iso)) / 1000);
  return seconds < 10 ? texts.justNow : texts.ago(spanText(seconds, texts));
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Hours, minutes and seconds in the reader's own zone. */
export function clockText(ms: number): string {
  const date = new Date(ms);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** The day too, where it is not that of `nowMs`. */
export function dayClockText(ms: number, nowMs: number): string {
  const date = new Date(ms);
  const clock = clockText(ms);
  return date.toDateString() === new Date(nowMs).toDateString()
    ? clock
    : `${two(date.getMonth() + 1)}/${two(date.getDate())} ${clock}`;
}

/** With milliseconds. */
export function timeText(iso: string, nowMs: number): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return harmless(iso);
  return `${dayClockText(ms, nowMs)}.${String(new Date(ms).getMilliseconds()).padStart(3, '0')}`;
}
