import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ARP_DATASET } from '../../../agent/sensor/arp-record.js';
import { RECORD_KINDS } from '../../../protocol/records/records.js';
import { type FlatRecord, formsOf, matches, nearest, type Wanted } from './match.js';
import { Lab, type Scenario } from './scenario.js';
import { addressesOf, Wire } from './wire.js';

const exec = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../../..');
const OUTPUT_BYTES_MAX = 256 * 2 ** 20;
const REPLAY_MS = 60_000;

export interface Told {
  readonly did: string;
  readonly wanted: Wanted;
  /** The record that tells of it. */
  readonly record: FlatRecord | undefined;
  /** What the nearest record says instead. */
  readonly instead: string | undefined;
}

export interface Result {
  readonly scenario: Scenario;
  readonly skipped?: string;
  /** What kept the programs from doing what they should. */
  readonly trouble?: string;
  readonly told: readonly Told[];
  readonly secrets: readonly string[];
  /** Secrets that anybody can read in the capture. */
  readonly readable: readonly string[];
  /** Secrets that came out. */
  readonly leaks: readonly string[];
  readonly recording?: string;
  readonly records: readonly FlatRecord[];
  readonly seconds: number;
}

/** Runs one scenario in machines of its own, replays what was captured, and compares. */
export async function play(
  scenario: Scenario,
  options: { number: number; folder: string; onWire: (wire: Wire) => void },
): Promise<Result> {
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  const folder = join(options.folder, scenario.name);
  mkdirSync(folder, { mode: 0o755 });
  const recording = join(options.folder, `${scenario.name}.pcap`);
  const wire = new Wire({ client: 'pc1', server: 'srv1' });
  options.onWire(wire);
  const at = addressesOf(options.number);
  for (const host of [wire.client, wire.server]) host.log = (text) => appendFileSync(`${folder}.log`, text);
  let lab: Lab | undefined;
  let trouble: string | undefined;
  try {
    await wire.start(at, recording);
    lab = new Lab({ client: wire.client, server: wire.server, at, folder });
    const skipped = await scenario.whyNot?.(lab);
    if (skipped !== undefined) return { scenario, skipped, ...NOTHING, seconds: seconds() };
    await scenario.run(lab);
  } catch (error) {
    trouble = (error as Error).message;
  } finally {
    await wire.close();
  }
  const { steps = [], secrets = [] } = lab ?? {};
  const output = await replay(recording).catch((error: Error) => {
    trouble ??= error.message;
    return '';
  });
  const records = recordsOf(output);
  const told = steps.flatMap(({ did, wanted }) => wanted.map((one) => compare(did, one, records)));
  const leaks = leaksOf(output, secrets);
  const readable = existsSync(recording) ? leaksOf(readFileSync(recording, 'latin1'), secrets) : [];
  const result = { scenario, told, secrets, readable, leaks, recording, records, seconds: seconds() };
  return trouble === undefined ? result : { ...result, trouble };
}

export const NOTHING = { told: [], secrets: [], readable: [], leaks: [], records: [] } as const;

function compare(did: string, wanted: Wanted, records: readonly FlatRecord[]): Told {
  const record = records.find((one) => matches(one, wanted));
  return { did, wanted, record, instead: record === undefined ? nearest(records, wanted) : undefined };
}

/** The recording through the command itself, with every kind of record. */
export async function replay(recording: string): Promise<string> {
  const datasets = [...Object.keys(RECORD_KINDS), ARP_DATASET].join(',');
  const command = ['--import', 'tsx', 'agent/main.ts', 'replay', recording, '--datasets', datasets];
  const limits = { maxBuffer: OUTPUT_BYTES_MAX, timeout: REPLAY_MS };
  const { stdout } = await exec(process.execPath, command, { cwd: ROOT, ...limits });
  return stdout;
}

export function recordsOf(output: string): FlatRecord[] {
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as FlatRecord);
}

export function leaksOf(output: string, secrets: readonly string[]): string[] {
  const text = output.toLowerCase();
  return secrets.filter((secret) => formsOf(secret).some((form) => text.includes(form.toLowerCase())));
}
