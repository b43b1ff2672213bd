import { FIELDS, type Field } from '../../protocol/records/records.js';

/** Short names, each for one field or for any of several. */
export const ALIASES: ReadonlyMap<string, readonly string[]> = new Map([
  ['ip', ['source.ip', 'destination.ip', 'dns.resolved_ip']],
  ['port', ['source.port', 'destination.port']],
  ['mac', ['source.mac', 'destination.mac']],
  ['src', ['source.ip']],
  ['dst', ['destination.ip']],
  ['sport', ['source.port']],
  ['dport', ['destination.port']],
  ['proto', ['network.transport']],
  ['app', ['network.protocol']],
  ['name', ['dns.question.name']],
  ['dataset', ['event.dataset']],
  ['type', ['event.dataset']],
  ['site', ['hinomi.site']],
  ['company', ['hinomi.company']],
  ['state', ['hinomi.flow.state']],
  ['cid', ['network.community_id']],
]);

/** Where bare words are looked for. */
export const TEXT_FIELDS: readonly string[] = ['message', 'hinomi.message_ja', 'event.original', 'dns.question.name'];

/** Groups of names that only the sender knows: they have no column of their own. */
const OPEN_GROUPS = [
  'vendor.',
  'hinomi.',
  'event.',
  'host.',
  'user.',
  'labels.',
  'tls.',
  'http.',
  'rule.',
  'source.',
  'destination.',
  'network.',
  'url.',
  'file.',
  'email.',
  'process.',
  'threat.',
  'observer.',
  'log.',
];

/** The fields that a name stands for, or undefined when nobody can have meant it. */
export function fieldsOf(name: string): readonly Field[] | undefined {
  const names = ALIASES.get(name.toLowerCase()) ?? [name];
  const known = names.map((each) => FIELDS.get(each));
  if (known.every((field) => field !== undefined)) return known;
  if (OPEN_GROUPS.some((group) => name.startsWith(group) && name.length > group.length)) {
    return [{ name, kind: 'keyword', description: '' }];
  }
  return undefined;
}

/** Up to three known names close to a misspelt one. */
export function suggest(name: string): string[] {
  const wanted = name.toLowerCase();
  return [...ALIASES.keys(), ...FIELDS.keys()]
    .map((candidate) => ({ candidate, distance: distanceOf(wanted, candidate.toLowerCase()) }))
    .filter(
      ({ candidate, distance }) => distance <= Math.max(2, candidate.length / 4) || candidate.endsWith(`.${wanted}`),
    )
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** Levenshtein's distance, for names of a few dozen letters. */
function distanceOf(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 20 || a.length > 80) return 99;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
