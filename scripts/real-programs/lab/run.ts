import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type FlatRecord, matches } from './match.js';
import { LAB_PACKAGES, versionsOf } from './packages.js';
import { leaksOf, NOTHING, play, type Result, recordsOf, replay } from './play.js';
import type { Scenario } from './scenario.js';
import type { Wire } from './wire.js';

const exec = promisify(execFile);
/** Most of a scenario's time is waiting. */
const AT_ONCE = 3;

export interface Outcome {
  readonly results: readonly Result[];
  readonly versions: ReadonlyMap<string, string>;
  /** All recordings as one. */
  readonly whole: Whole | undefined;
}

export interface Whole {
  readonly packets: number;
  readonly records: ReadonlyMap<string, number>;
  /** What is told when a recording is replayed alone, and not when all of them are one. */
  readonly untold: readonly string[];
  readonly leaks: readonly string[];
}

export interface RunAllOptions {
  readonly folder: string;
  readonly only?: readonly string[];
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Plays every scenario that the machine has programs for, some at once, then all recordings as one. */
export async function runAll(scenarios: readonly Scenario[], options: RunAllOptions): Promise<Outcome> {
  const { folder, say, signal } = options;
  chmodSync(folder, 0o755);
  const versions = await versionsOf([...LAB_PACKAGES, ...scenarios.flatMap((one) => one.packages)]);
  const missing = LAB_PACKAGES.filter((name) => !versions.has(name));
  if (missing.length > 0) throw new Error(`${missing.join(', ')} missing; run: scripts/setup programs`);
  const wires = new Set<Wire>();
  const onAbort = (): void => void Promise.all([...wires].map((wire) => wire.close()));
  signal.addEventListener('abort', onAbort);
  const results: Result[] = [];
  const chosen = scenarios.map((scenario, i) => ({ scenario, number: i + 1 }));
  const waiting = chosen.filter(({ scenario }) => options.only?.includes(scenario.name) ?? true);
  const order = waiting.map(({ scenario }) => scenario);
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      const result = await playOrSkip(next.scenario, versions, {
        number: next.number,
        folder,
        onWire: (wire) => void wires.add(wire),
      });
      say(lineOf(result));
      results.push(result);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  signal.removeEventListener('abort', onAbort);
  results.sort((a, b) => order.indexOf(a.scenario) - order.indexOf(b.scenario));
  const recorded = results.filter((one) => one.recording !== undefined);
  const whole = recorded.length === 0 || signal.aborted ? undefined : await replayWhole(recorded, folder);
  return { results, versions, whole };
}

async function playOrSkip(
  scenario: Scenario,
  versions: ReadonlyMap<string, string>,
  options: Parameters<typeof play>[1],
): Promise<Result> {
  const missing = scenario.packages.filter((name) => !versions.has(name));
  if (missing.length === 0) {
    const first = await play(scenario, options);
    // On a busy machine a server may not be there in time. What the records say is not asked twice.
    return first.trouble === undefined ? first : play(scenario, options);
  }
  const skipped = `${missing.join(', ')} not installed (scripts/setup programs)`;
  return { scenario, skipped, ...NOTHING, seconds: 0 };
}

function lineOf(result: Result): string {
  const { scenario, skipped, trouble, told, leaks, seconds } = result;
  if (skipped !== undefined) return `- ${scenario.name}: skipped: ${skipped}`;
  const agreed = told.filter((one) => one.record !== undefined).length;
  const isWell = agreed === told.length && trouble === undefined && leaks.length === 0;
  return `${isWell ? '✓' : '✗'} ${scenario.name}: ${agreed} of ${told.length} told, ${seconds.toFixed(1)} s`;
}

/** One recording of everything, as an office's wire would have it. */
async function replayWhole(results: readonly Result[], folder: string): Promise<Whole | undefined> {
  const file = join(folder, 'all.pcap');
  await exec('mergecap', ['-F', 'pcap', '-w', file, ...results.map((one) => one.recording ?? '')]);
  const output = await replay(file);
  const records = recordsOf(output);
  const counts = new Map<string, number>();
  for (const record of records) {
    const kind = kindOf(record);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const untold = results.flatMap(({ told, scenario }) =>
    told
      .filter(({ record, wanted }) => record !== undefined && !records.some((one) => matches(one, wanted)))
      .map(({ did }) => `${scenario.name}: ${did}`),
  );
  const coverage = records.filter((one) => one['event.dataset'] === 'coverage');
  const packets = coverage.reduce((sum, one) => sum + Number(one['hinomi.coverage.packets']), 0);
  return {
    packets,
    records: counts,
    untold,
    leaks: leaksOf(
      output,
      results.flatMap((one) => one.secrets),
    ),
  };
}

/** `session (smb)`: the kind, and the protocol where a kind has many. */
function kindOf(record: FlatRecord): string {
  const kind = String(record['event.dataset']);
  return kind === 'session' ? `${kind} ${String(record['network.protocol'])}` : kind;
}
