import { Dialects } from '../../agent/dialects/dialects.js';
import { RECORD_BYTES_MAX } from '../../protocol/base/limits.js';
import { flawOfRecord } from '../../protocol/records/records.js';
import { RECEIVED } from './syslog-lines.js';
import type { Tally } from './tally.js';

/** Longest that one message may take. The machine may be busy. */
const LINE_MS_MAX = 250;
const MUTATIONS = 12;

/** Every line, and what may become of it on its way: one valid record each, in time, its text intact. */
export function endureLines(lines: readonly string[], tally: Tally): void {
  const dialects = new Dialects({ zone: 'Asia/Tokyo' });
  const random = generator(5);
  for (const line of lines) {
    for (const text of [line, ...mutationsOf(line, random)]) {
      const actual = flawOf(dialects, text);
      tally.add({
        suite: 'syslog endure',
        subject: text.slice(0, 100),
        field: 'one record',
        expected: '',
        actual,
        context: {},
      });
    }
  }
  const { thrown } = dialects.counts;
  tally.add({
    suite: 'syslog endure',
    subject: 'all',
    field: 'dialects that threw',
    expected: 0,
    actual: thrown,
    context: {},
  });
}

function flawOf(dialects: Dialects, text: string): string {
  const startMs = performance.now();
  try {
    const record = dialects.record(text, Date.parse(RECEIVED));
    if (performance.now() - startMs > LINE_MS_MAX) return `took ${Math.round(performance.now() - startMs)} ms`;
    const isCut = String(record['hinomi.parse.reason']).includes('was cut');
    if (record['event.original'] !== text && !isCut) return 'event.original differs';
    const json = JSON.stringify(record);
    if (Buffer.byteLength(json) > RECORD_BYTES_MAX) return 'longer than a record may be';
    return flawOfRecord(JSON.parse(json)) ?? '';
  } catch (error) {
    return `threw ${String(error)}`;
  }
}

/** Cut, doubled, changed, swapped and stretched. */
function mutationsOf(line: string, random: (below: number) => number): string[] {
  const at = (): number => random(line.length + 1);
  const made = [
    line.repeat(40),
    line.replaceAll(' ', '  '),
    line.replaceAll('"', ''),
    line.replaceAll('=', '= '),
    `${line}\r\n\0`,
  ];
  while (made.length < MUTATIONS) {
    const [a, b] = [at(), at()].sort((x, y) => x - y) as [number, number];
    made.push(line.slice(0, a));
    made.push(line.slice(a));
    made.push(line.slice(0, a) + line.slice(b));
    made.push(line.slice(0, b) + line.slice(a));
    made.push(`${line.slice(0, a)}${String.fromCharCode(random(256))}${line.slice(a + 1)}`);
  }
  return made;
}

/** Numbers that are the same in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % Math.max(1, below);
  };
}
