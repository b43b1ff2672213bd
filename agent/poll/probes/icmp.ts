import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { bad, type Facts, type Probe, type ProbeResult, unable } from '../result.js';
import { plain } from './connect.js';

/** By their whole path: what is first in somebody's PATH is not asked. */
const PROGRAMS = ['/usr/bin/ping', '/bin/ping'];
const OUTPUT_BYTES_MAX = 16_384;
const INTERVAL_S = '0.2';
const KILL = 'SIGKILL';

const programPath = (): string | undefined => PROGRAMS.find((path) => existsSync(path));
export const isPingThere = (): boolean => programPath() !== undefined;

/** Node opens no ICMP sockets: the program `ping` of iputils does, which has the right to. */
export const probeIcmp: Probe = async ({ icmp, timeoutMs }, signal) => {
  const program = programPath();
  if (program === undefined) return unable('program-missing');
  if (icmp === undefined) return bad('failed');
  const waitS = Math.max(1, Math.floor(timeoutMs / 1_000));
  // `--` and the pattern of the configuration: a host is never taken for an option.
  const args = ['-n', '-c', `${icmp.count}`, '-i', INTERVAL_S, '-W', `${waitS}`, '--', icmp.host];
  const { output, code } = await runPing(program, args, signal);
  return judgePing(output, code, icmp.count, signal.aborted);
};

interface Ran {
  readonly output: string;
  /** 0: an answer, 1: none, 2: something else; undefined when it was killed. */
  readonly code: number | undefined;
}

function runPing(program: string, args: readonly string[], signal: AbortSignal): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { signal, killSignal: KILL, maxBuffer: OUTPUT_BYTES_MAX, env: { LC_ALL: 'C' } } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
      resolve({ output: `${stdout}\n${stderr}`.slice(0, OUTPUT_BYTES_MAX), code });
    });
  });
}

const TIME = /^\d+ bytes from .*\btime[=<]([\d.]{1,12}) ms(.*)$/gm;
const ADDRESS = /^PING \S{1,253} \(([0-9A-Fa-f.:%a-z]{2,60})\)/m;

/** From what ping printed: the program is ours, the text in it partly somebody else's. */
export function judgePing(output: string, code: number | undefined, count: number, isAborted: boolean): ProbeResult {
  const timesMs = [...output.matchAll(TIME)]
    .filter(([, , rest = '']) => !rest.includes('DUP'))
    .map(([, time]) => Number(time))
    .filter(Number.isFinite)
    .slice(0, count);
  if (timesMs.length > 0) return answered(timesMs, count, addressIn(output));
  if (/not permitted|lacking privilege|permission denied/i.test(output)) return unable('no-permission');
  if (/Name or service not known|name resolution|No address associated/i.test(output)) return bad('name-not-found');
  if (/unreachable/i.test(output)) return { ...bad('unreachable', addressIn(output)), sent: count, lost: count };
  if (code === 1 || isAborted) return { ...bad('timeout', addressIn(output)), sent: count, lost: count };
  return code === undefined || code === 0 ? bad('malformed') : bad('failed');
}

function answered(timesMs: number[], count: number, facts: Facts): ProbeResult {
  const lost = count - timesMs.length;
  return { outcome: lost > 0 ? 'warn' : 'good', reason: lost > 0 ? 'loss' : 'ok', timesMs, sent: count, lost, facts };
}

function addressIn(output: string): Facts {
  const address = plain(ADDRESS.exec(output)?.[1] ?? '');
  return isIP(address) === 0 ? {} : { 'host.ip': [address], 'hinomi.endpoint.address': address };
}
