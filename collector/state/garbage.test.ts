import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer } from './testing/holder.js';
import { withState } from './testing/with-state.js';

/** More by hand: `HINOMI_GARBAGE_RUNS=500 npx vitest run collector/state/garbage.test.ts`. */
const RUNS = Number(process.env['HINOMI_GARBAGE_RUNS'] ?? 15);
const ENTRIES = 60;
const HOLDER = fileURLToPath(new URL('testing/holder.ts', import.meta.url));
const ANSWER_MS_MAX = 20_000;
const ENDS_MAX = 3;

const home = mkdtempSync(join(tmpdir(), 'hinomi-state-garbage-'));
const template = join(home, 'template');
afterAll(() => rmSync(home, { recursive: true, force: true }));

const keyOf = (index: number): string => `agent:epoch:p${index % 4}:${String(index).padStart(3, '0')}`;

beforeAll(async () => {
  for (let run = 0; run < 3; run++) {
    await withState(template, async ({ tables }) => {
      for (let index = run; index < ENTRIES; index += 3) await tables.doneMarks.put(keyOf(index), { seq: index });
    });
  }
});

let holder: ChildProcess | undefined;
afterAll(() => void holder?.kill('SIGKILL'));

/** As a supervisor does: starts it again when it ended over it. */
async function hold(place: string, key: string): Promise<Answer['found']> {
  for (let ends = 0; ends <= ENDS_MAX; ends++) {
    holder ??= fork(HOLDER, ['holder'], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const done = new AbortController();
    const signal = AbortSignal.any([AbortSignal.timeout(ANSWER_MS_MAX), done.signal]);
    holder.send({ place, key });
    const answer = await Promise.race([
      once(holder, 'message', { signal }).then(([message]) => message as Answer),
      once(holder, 'exit', { signal }).then(() => undefined),
    ]).finally(() => done.abort());
    if (answer?.error !== undefined) throw new Error(answer.error);
    if (answer !== undefined) return answer.found;
    holder = undefined;
  }
  throw new Error('the process ends each time');
}

const part = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const harm = fc.record({
  kind: fc.constantFrom('cut', 'zeros', 'garbled', 'remove', 'empty', 'swap', 'duplicate'),
  file: fc.nat(20),
  other: fc.nat(20),
  at: part,
  length: fc.integer({ min: 1, max: 4_000 }),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }),
});
type Harm = typeof harm extends fc.Arbitrary<infer T> ? T : never;

function doHarm(place: string, { kind, file, other, at, length, bytes }: Harm): void {
  const names = readdirSync(place).sort();
  if (names.length === 0) return;
  const [one, two] = [file, other].map((index) => join(place, names[index % names.length]!)) as [string, string];
  const content = readFileSync(one);
  const begin = Math.floor(at * content.length);
  if (kind === 'cut') truncateSync(one, begin);
  else if (kind === 'zeros') writeFileSync(one, content.fill(0, begin, Math.min(begin + length, content.length)));
  else if (kind === 'garbled') {
    content.set(bytes.subarray(0, content.length - begin), begin);
    writeFileSync(one, content);
  } else if (kind === 'remove') rmSync(one);
  else if (kind === 'empty') writeFileSync(one, '');
  else {
    const before = readFileSync(two);
    writeFileSync(two, content);
    if (kind === 'swap') writeFileSync(one, before);
  }
}

type Found = Answer['found'];
const whole: Found = Array.from({ length: ENTRIES }, (_, index): Found[number] => [keyOf(index), { seq: index }]);
const inOrder = (found: Found): Found => found.toSorted(([a], [b]) => (a < b ? -1 : 1));

test(
  'the state opens on any garbage in its folder, in its journal or in both: it gives what was put in, with one of them whole all of it, and it takes more, also after a restart',
  async () => {
    let run = 0;
    const places = fc.constantFrom([''], ['.journal'], ['', '.journal']);
    await fc.assert(
      fc.asyncProperty(fc.array(harm, { minLength: 1, maxLength: 3 }), places, async (harms, harmed) => {
        const place = join(home, `run-${(run += 1)}`);
        for (const end of ['', '.journal']) cpSync(`${template}${end}`, `${place}${end}`, { recursive: true });
        for (const end of harmed) for (const each of harms) doHarm(`${place}${end}`, each);
        const first = await hold(place, 'new');
        if (harmed.length === 1) expect(inOrder(first)).toEqual(inOrder(whole));
        for (const [key, value] of first) {
          // Nothing else may be made of it; which one an entry is, is part of its key.
          if (/^agent:epoch:p\d:\d{3}$/.test(key)) expect(value, key).toEqual({ seq: Number(key.slice(-3)) });
        }
        expect((await hold(place, 'more')).map(([key]) => key)).toContain('new');
        for (const end of ['', '.journal']) rmSync(`${place}${end}`, { recursive: true, force: true });
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  },
  60_000 + RUNS * 1_000,
);
