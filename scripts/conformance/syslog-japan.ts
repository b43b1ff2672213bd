import { join } from 'node:path';
import { Dialects } from '../../agent/dialects/dialects.js';
import { RECEIVED, readJsonLines } from './syslog-lines.js';
import type { Tally } from './tally.js';

interface Shape {
  readonly vendor: string;
  readonly line: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const VENDORS: Readonly<Record<string, string>> = {
  yamaha: 'Yamaha',
  unifi: 'Ubiquiti',
  zyxel: 'Zyxel',
  nec: 'NEC',
  watchguard: 'WatchGuard',
};
/** A shape's name of a field, and ours. */
const NAMES: Readonly<Record<string, string>> = {
  src: 'source.ip',
  dst: 'destination.ip',
  sport: 'source.port',
  dport: 'destination.port',
  product: 'observer.product',
  sig: 'event.code',
  name: 'rule.name',
  act: 'event.action',
};

/** Shapes of routers and firewalls that small Japanese offices have: maker and core fields. */
export function compareJapan(folder: string, tally: Tally): void {
  const dialects = new Dialects({ zone: 'Asia/Tokyo' });
  for (const { vendor, line, fields } of readJsonLines<Shape>(join(folder, 'japan-and-soho.jsonl'))) {
    const record = dialects.record(line, Date.parse(RECEIVED));
    const add = (field: string, expected: unknown, actual: unknown): void =>
      tally.add({ suite: 'syslog japan', subject: line.slice(0, 100), field, expected, actual, context: {} });
    add('vendor', VENDORS[vendor] ?? vendor, record['observer.vendor']);
    for (const [name, value] of Object.entries(fields)) {
      const key = NAMES[name];
      if (key !== undefined) add(name, value, record[key]);
      if (name === 'proto') add('transport', transportOf(String(value)), record['network.transport']);
    }
  }
}

const transportOf = (text: string): string => (text === '17' ? 'udp' : text === '6' ? 'tcp' : text.toLowerCase());
