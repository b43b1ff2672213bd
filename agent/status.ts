import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../protocol/base/errors.js';
import type { Component } from '../protocol/base/scope.js';
import { isoMillis } from '../protocol/base/time.js';
import type { World } from '../protocol/base/world.js';
import type { RenewalStats } from './enrol/renewal.js';
import type { PollStats } from './poll/poll.js';
import type { PublisherStats } from './publish/publisher.js';
import { readStoppedSpool, type SpoolStats } from './spool/spool.js';
import type { SyslogStats } from './syslog/syslog.js';

/** What `status` shows. A running agent writes it each second, so that nobody has to open what it has open. */
export interface AgentStatusFile {
  readonly state: 'running' | 'stopped';
  readonly version: string;
  readonly pid: number;
  readonly at: string;
  readonly started: string;
  readonly site: string;
  readonly agent: string;
  readonly identity?: RenewalStats;
  readonly spool: SpoolStats;
  readonly publisher: PublisherStats;
  /** What the collector has of this box from afar. */
  readonly remote: { readonly state: string; readonly version: number };
  /** What is asked how it is. An agent from before has none. */
  readonly poll?: PollStats;
  readonly sensor: {
    pid?: number;
    restarts: number;
    failure?: object;
    last?: object;
    ring?: object;
    isFinished: boolean;
  };
  readonly syslog?: SyslogStats;
}

export type StatusFacts = Omit<AgentStatusFile, 'state' | 'pid' | 'at'>;

const FILE = 'status.json';
const EVERY_MS = 1_000;
const FRESH_MS = 15_000;
const CLOCK_ERROR_MS = 60_000;

/** Keeps `status.json`. Started before, and closed after, everything that it tells of. */
export class StatusFile implements Component {
  readonly name = 'status';
  readonly #path: string;
  readonly #world: World;
  #facts: (() => StatusFacts) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(config: { readonly data: string }, world: World) {
    this.#path = join(config.data, FILE);
    this.#world = world;
  }

  /** Once the spool is open: before, another agent may be running on the same folder. */
  begin(facts: () => StatusFacts): void {
    this.#facts = facts;
    this.#write('running');
    this.#timer = setInterval(() => this.#write('running'), EVERY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#write('stopped');
    this.#facts = undefined;
  }

  #write(state: AgentStatusFile['state']): void {
    if (this.#facts === undefined) return;
    const status: AgentStatusFile = {
      state,
      pid: process.pid,
      at: isoMillis(this.#world.clock.now()),
      ...this.#facts(),
    };
    try {
      writeFileSync(`${this.#path}.new`, JSON.stringify(status));
      renameSync(`${this.#path}.new`, this.#path);
    } catch {
      // A full or read-only disk: the spool says so aloud, and nothing depends on this file.
    }
  }
}

/**
 * What is known of the agent on this folder. When it was killed, the figures of its spool are read from the disk, as
 * long as that is ours: files made by another user would lock the agent out.
 * @throws DATA_FOLDER when no agent ever ran there
 */
export async function readStatus(dataFolder: string, nowMs: number): Promise<AgentStatusFile> {
  let status: AgentStatusFile;
  try {
    status = JSON.parse(readFileSync(join(dataFolder, FILE), 'utf8')) as AgentStatusFile;
  } catch (error) {
    throw new CodedError('DATA_FOLDER', `no agent has run on ${dataFolder}`, { dataFolder }, { cause: error });
  }
  if (status.state === 'stopped' || isAlive(status, nowMs)) return status;
  const stored = statSync(dataFolder).uid === process.getuid?.() ? await readStoppedSpool(dataFolder) : undefined;
  return { ...status, state: 'stopped', spool: { ...status.spool, ...stored, queuedRecords: 0, queuedBytes: 0 } };
}

function isAlive(status: AgentStatusFile, nowMs: number): boolean {
  if (nowMs - Date.parse(status.at) > FRESH_MS) return false;
  try {
    process.kill(status.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** For a person. */
export function describeStatus(status: AgentStatusFile): string {
  const { spool, publisher, sensor } = status;
  const sum = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  const failure = sensor.failure === undefined ? '' : `, ${JSON.stringify(sensor.failure)}`;
  const lines = [
    status.state === 'running'
      ? `agent      running, process ${status.pid}, since ${status.started}`
      : `agent      not running, last seen ${status.at}`,
    `identity   ${status.agent} of site ${status.site}`,
    ...certificateLine(status.identity),
    `collector  ${publisher.state}${publisher.lastError === '' ? '' : `, ${publisher.lastError}`}`,
    `records    ${sum(spool.accepted)} accepted, ${sum(spool.acked)} at the collector, ${sum(spool.evicted)} evicted`,
    `waiting    ${spool.records} records in ${spool.batches} batches, ${spool.bytes} bytes`,
    `sensor     ${sensor.restarts} restarts${failure}`,
    ...syslogLines(status.syslog),
    ...pollLine(status.poll),
  ];
  return `${lines.join('\n')}\n`;
}

function pollLine(poll: PollStats | undefined): string[] {
  if (poll === undefined || poll.targets === 0) return [];
  const states = Object.entries(poll.states).filter(([, count]) => count > 0);
  const { oldestSuccess: oldest, neverAnswered } = poll;
  const never = neverAnswered === 0 ? '' : `, ${neverAnswered} never answered`;
  const last = oldest === undefined ? '' : `, oldest success ${oldest.at} (${oldest.id})`;
  return [`targets    ${states.map(([state, count]) => `${count} ${state}`).join(', ')}${never}${last}`];
}

function certificateLine(identity: RenewalStats | undefined): string[] {
  if (identity === undefined) return [];
  const { expires, renews, isPending, lastError, clockErrorMs = 0 } = identity;
  const error = lastError === '' ? '' : `, ${lastError}`;
  const clock =
    Math.abs(clockErrorMs) < CLOCK_ERROR_MS ? [] : [`clock      wrong by ${Math.round(clockErrorMs / 1000)} s`];
  return [`certificate until ${expires}, renewed ${isPending ? 'now' : `from ${renews} on`}${error}`, ...clock];
}

/** Where messages are received, what was lost, and who sends them. */
function syslogLines(syslog: SyslogStats | undefined): string[] {
  if (syslog === undefined || !syslog.isOn) return ['messages   not received here (syslog.isOn)'];
  const { doors, lost, tls, sources, sourceCount, refused } = syslog;
  const open = doors.filter(({ state }) => state === 'listening');
  const places = open.map(({ transport, address, port }) => `${transport} ${address} port ${port}`);
  const shut = doors.filter(({ state }) => state !== 'listening');
  return [
    `messages   at ${places.length === 0 ? 'no address' : places.join(', ')}`,
    ...shut.map(
      ({ transport, address, port, state }) =>
        `           ${SHUT[state] ?? state}: ${transport} ${address} port ${port}`,
    ),
    ...(tls === undefined ? [] : [`           TLS certificate SHA-256 ${tls.fingerprint}`]),
    ...(lost.kernel + lost.flooded + refused === 0
      ? []
      : [
          `           lost: ${lost.kernel} in the kernel, ${lost.flooded} beyond a source's rate; ${refused} from senders not allowed`,
        ]),
    `sources    ${sourceCount}`,
    ...sources.map(sourceLine),
  ];
}

const SHUT: Readonly<Record<string, string>> = {
  taken: 'in use by another program, tried again',
  not_permitted: 'not permitted, see doctor',
};

function sourceLine(source: SyslogStats['sources'][number]): string {
  const { address, transport, port, vendor, product, messages, parsedShare, skewMs, lastSeen, isSilent } = source;
  const maker = [vendor, product].filter((part) => part !== undefined).join(' ') || 'unknown maker';
  const clock =
    skewMs === undefined || Math.abs(skewMs) < CLOCK_ERROR_MS ? '' : `, clock off by ${Math.round(skewMs / 1_000)} s`;
  return `           ${address} ${transport}/${port}  ${maker}  ${messages} messages, ${Math.round(parsedShare * 100)}% understood, last ${lastSeen}${clock}${isSilent ? ', SILENT' : ''}`;
}
