import type { Fields } from '../dialect.js';
import { put } from '../fields.js';
import { ALLOWED, CONNECTION, DENIED } from '../lines/kinds.js';
import { packetStart, putPacket } from '../lines/netfilter.js';

// `[WAN_LOCAL-default-D]IN=..`, `[LAN_IN-4001-A]DESCR=".." IN=..` (rule before the letter) and, with zones,
// `[WAN_IN-D-10001]` (letter before the number). A is accept, D drop, R reject, RET return.
const LABEL =
  /\[(?<label>(?<ruleset>[\w.~ /()-]{1,100}?)-(?:(?<rule>\d{1,10}|default)-(?<after>[ADR]|RET)|(?<before>[ADR]|RET)-(?<number>\d{1,10})))\]/;
const DESCRIPTION = /DESCR="(?<text>[^"]{0,256})"/;
const VERDICTS: Readonly<Record<string, { fields: Fields; word: string }>> = {
  A: { fields: ALLOWED, word: 'accept' },
  D: { fields: DENIED, word: 'drop' },
  R: { fields: DENIED, word: 'reject' },
  RET: { fields: CONNECTION, word: 'return' },
};

/** False when it is no packet with a label of UniFi's (or EdgeOS') rules. */
export function putLabelled(fields: Fields, line: string): boolean {
  const start = packetStart(line);
  if (start < 0) return false;
  const front = line.slice(Math.max(0, start - 600), start);
  const label = LABEL.exec(front)?.groups;
  if (label === undefined) return false;
  const verdict = VERDICTS[label['after'] ?? label['before']!]!;
  Object.assign(fields, verdict.fields);
  put(fields, 'event.action', verdict.word);
  put(fields, 'rule.ruleset', label['ruleset']);
  put(fields, 'rule.id', label['rule'] ?? label['number']);
  put(fields, 'rule.name', label['label']);
  put(fields, 'rule.description', DESCRIPTION.exec(front)?.groups?.['text']);
  putPacket(fields, line.slice(start));
  return true;
}
