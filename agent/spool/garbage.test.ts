import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, contentOf, fill, type Model, openSpool, type Request } from './testing/box.js';
import { doHarm, type Harm, harms } from './testing/garbage.js';

/** How many foldersful of garbage; more by hand: `HINOMI_GARBAGE_RUNS=5000 npx vitest run agent/spool/garbage.test.ts`. */
const RUNS = Number(process.env['HINOMI_GARBAGE_RUNS'] ?? 14);
const OPEN_MS_MAX = 8_000;

const BOX = fileURLToPath(new URL('testing/box.ts', import.meta.url));
const ANSWER_MS_MAX = 20_000;
/** So often a process may end over a spool that was closed in order. After anything else it is looked at first. */
const ENDS_MAX = 6;
/** More than there are in one. */
const TEMPLATE_RECORDS = 10_000;

interface Template {
  readonly home: string;
  readonly isClean: boolean;
  /** The last record's number. */
  readonly counter: number;
  /** Every batch there ever was, also those that were acknowledged. */
  readonly given: Model;
  readonly pending: Model;
}

const templates: Template[] = [];

/** Several generations, tables and a log, acknowledged batches in between. @param isClean closed, or killed */
async function makeTemplate(rounds: number, size: number, isClean: boolean): Promise<Template> {
  const home = mkdtempSync(join(tmpdir(), 'spool-garbage-'));
  const given: Model = new Map();
  let pending: Model = new Map();
  for (let run = 0; run < 3; run++) {
    const spool = await openSpool(home, 'machine');
    await fill(spool, rounds, size);
    for (const [name, records] of await contentOf(spool)) given.set(name, records);
    if (run < 2) {
      spool.beginGeneration();
      await spool.flush();
      const oldest = spool.next('p2', 0);
      if (oldest !== undefined) spool.ack(spool.backlog[0] ?? spool.epoch, 'p2', oldest.seq);
      await spool.flush();
    }
    pending = await contentOf(spool);
    if (run === 2 && !isClean) {
      const killed = mkdtempSync(join(tmpdir(), 'spool-garbage-'));
      cpSync(home, killed, { recursive: true });
      await spool.close();
      rmSync(home, { recursive: true });
      return { home: killed, isClean, counter: TEMPLATE_RECORDS, given, pending };
    }
    await spool.close();
  }
  return { home, isClean, counter: TEMPLATE_RECORDS, given, pending };
}

beforeAll(async () => {
  templates.push(await makeTemplate(4, 3, true), await makeTemplate(4, 3, false), await makeTemplate(5, 2_000, false));
});
afterAll(() => {
  for (const { home } of templates) rmSync(home, { recursive: true, force: true });
});

type Record_ = Record<string, unknown>;
const isGap = (record: unknown): boolean => (record as Record_)['event.dataset'] === 'gap';

/** What is there is what was put there: no name has other content, and in a lane everything comes in order. */
function checkContent(content: Model, given: Model): void {
  const lastOf = new Map<string, number>();
  for (const [name, records] of content) {
    const before = given.get(name);
    if (before !== undefined) expect(records, name).toEqual(before);
    else given.set(name, records);
    const [, lane = ''] = name.split(' ');
    for (const record of records) {
      if (isGap(record)) continue;
      const n = (record as { n: number }).n;
      expect(n, `${name} is out of order`).toBeGreaterThan(lastOf.get(lane) ?? 0);
      lastOf.set(lane, n);
    }
  }
}

/** What is missing is told by a gap that was not there before. */
function checkLost(before: Model, after: Model): void {
  const missing = [...before.keys()].filter((name) => !after.has(name));
  if (missing.length === 0) return;
  const news = [...after].filter(([name]) => !before.has(name)).flatMap(([, records]) => records);
  expect(news.filter(isGap), `${missing} lost, not told`).not.toEqual([]);
}

let box: ChildProcess | undefined;
afterAll(() => void box?.kill('SIGKILL'));

/** Undefined when the process ended over it. */
async function ask(request: Request): Promise<Answer | undefined> {
  box ??= fork(BOX, ['box'], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const child = box;
  const done = new AbortController();
  const signal = AbortSignal.any([AbortSignal.timeout(ANSWER_MS_MAX), done.signal]);
  child.send(request);
  const answer = await Promise.race([
    once(child, 'message', { signal }).then(([message]) => message as Answer),
    once(child, 'exit', { signal }).then(() => undefined),
  ]).finally(() => done.abort());
  if (answer === undefined) box = undefined;
  return answer;
}

/** As a supervisor does: starts it again when it ended. */
async function live(request: Request, endsMax: number): Promise<Answer> {
  for (let ends = 0; ends <= endsMax; ends++) {
    const answer = await ask(request);
    if (answer === undefined) continue;
    if (answer.error !== undefined) throw new Error(answer.error);
    expect(answer.openMs).toBeLessThan(OPEN_MS_MAX);
    return answer;
  }
  throw new Error('the process ends each time');
}

async function survives(template: Template, list: readonly Harm[], machineBoot: string): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'spool-harmed-'));
  const given: Model = new Map(template.given);
  let from = template.counter;
  try {
    cpSync(template.home, home, { recursive: true });
    for (const harm of list) doHarm(join(home, 'spool'), harm);
    let expected = template.pending;
    for (let start = 0; start < 3; start++) {
      const answer = await live({ home, machineBoot, from }, template.isClean ? ENDS_MAX : 0);
      for (const entries of [answer.opened, answer.filled]) {
        const content: Model = new Map(entries);
        checkContent(content, given);
        checkLost(expected, content);
        expected = content;
      }
      const taken = [...expected.values()].flat().filter((record) => (record as { n?: number }).n! > from);
      expect(taken).toHaveLength(answer.counter - from);
      from = answer.counter;
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

type Case = { template: number; list: Harm[]; machineBoot: string };
const cases: fc.Arbitrary<Case> = fc.record({
  template: fc.nat(2),
  list: fc.array(harms, { minLength: 1, maxLength: 4 }),
  machineBoot: fc.constantFrom('machine', 'machine', 'another run of the machine'),
});

const one = (template: number, ...list: Harm[]): [Case] => [{ template, list, machineBoot: 'machine' }];

/** Over each of these it once did not start, lost something in silence, or ended the process. */
const KNOWN: [Case][] = [
  one(0, { kind: 'place', as: 'dangling' }),
  one(1, { kind: 'kind-gone', name: 'log' }),
  one(0, { kind: 'zeros', file: 0, at: 0, length: 2 }, { kind: 'remove', file: 1 }),
  one(0, { kind: 'fill', file: 0, at: 0, bytes: Uint8Array.from([43, 5]) }),
  one(1, { kind: 'pipe', name: 'CURRENT', target: '' }, { kind: 'sparse', name: '999999.log' }),
  one(2, { kind: 'folder', name: 'LOCK', target: '' }, { kind: 'sparse', name: 'CURRENT' }),
  one(0, { kind: 'place', as: 'nothing' }),
  one(2, { kind: 'zeros', file: 0, at: 0, length: 5_653 }, { kind: 'kind-gone', name: 'log' }),
];

test(
  'it opens on any garbage, gives what can be read once and in order, and tells what is lost',
  async () => {
    await fc.assert(
      fc.asyncProperty(cases, ({ template, list, machineBoot }) => survives(templates[template]!, list, machineBoot)),
      {
        numRuns: RUNS,
        endOnFailure: true,
        examples: KNOWN,
        ...(process.env['HINOMI_GARBAGE_SEED'] ? { seed: Number(process.env['HINOMI_GARBAGE_SEED']) } : {}),
      },
    );
  },
  60_000 + RUNS * 2_000,
);
