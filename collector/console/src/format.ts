import type { Texts } from './texts-ja.js';

export type EventRecord = Record<string, unknown>;

/** Control characters and those that turn the direction of text are shown, not obeyed: records hold hostile text. */
export function harmless(text: string): string {
  return text.replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

export function valueText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return harmless(value);
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return harmless(value.join(', '));
  return harmless(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

export function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}

export function agoText(iso: string, nowMs: number, texts: Texts): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(iso)) / 1000));
  if (seconds < 5) return texts.justNow;
  if (seconds < 60) return texts.ago(seconds, 's');
  if (seconds < 3_600) return texts.ago(Math.floor(seconds / 60), 'm');
  if (seconds < 86_400) return texts.ago(Math.floor(seconds / 3_600), 'h');
  return texts.ago(Math.floor(seconds / 86_400), 'd');
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Of the reader's own zone; the day only where it is not today. */
export function timeText(iso: string, nowMs: number): string {
  const date = new Date(iso);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
  if (date.toDateString() === new Date(nowMs).toDateString()) return time;
  return `${date.getMonth() + 1}/${date.getDate()} ${time}`;
}

function endpoint(record: EventRecord, side: string): string {
  const ip = valueText(record[`${side}.ip`]);
  const port = record[`${side}.port`];
  if (port === undefined) return ip;
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

export interface Summary {
  readonly main: string;
  readonly side: string;
}

/** One line about a record: what matters first, figures behind it. */
export function summaryOf(record: EventRecord): Summary {
  switch (record['event.dataset']) {
    case 'flow': {
      const bytes = `${bytesText(Number(record['source.bytes']))} ↑ ${bytesText(Number(record['destination.bytes']))} ↓`;
      const protocol = valueText(record['network.protocol'] ?? record['network.transport']);
      return {
        main: `${endpoint(record, 'source')} → ${endpoint(record, 'destination')}`,
        side: `${protocol} · ${valueText(record['hinomi.flow.state'])} · ${bytes}`,
      };
    }
    case 'dns': {
      const records = (record['dns.answers'] ?? []) as { name?: string; type?: string; data?: string }[];
      const answers = records.map((answer) => answer.data ?? '').filter(Boolean);
      const code = valueText(record['dns.response_code'] ?? '—');
      return {
        // A response of mDNS repeats no question: its first answer says what it is about.
        main: `${valueText(record['dns.question.type'] ?? records[0]?.type)} ${valueText(record['dns.question.name'] ?? records[0]?.name)}`,
        side: `${valueText(record['source.ip'])} · ${code}${answers.length > 0 ? ` · ${harmless(answers.join(', '))}` : ''}`,
      };
    }
    default:
      return { main: valueText(record['message']) || restOf(record), side: '' };
  }
}

const COMMON = /^(@timestamp|event\.|hinomi\.(company|site|agent|epoch|lane|seq|row)$)/;

function restOf(record: EventRecord): string {
  return Object.entries(record)
    .filter(([key]) => !COMMON.test(key))
    .map(([key, value]) => `${key.split('.').at(-1)} ${valueText(value)}`)
    .join(' · ');
}
