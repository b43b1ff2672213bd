import { arch, freemem, hostname, loadavg, networkInterfaces, platform, release, totalmem, uptime } from 'node:os';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { describeError } from '../../protocol/base/errors.js';
import { isoMillis } from '../../protocol/base/time.js';
import { redact } from './redact.js';

const compress = promisify(gzip);

/** Where the parts of a bundle come from. One that fails is told as its failure. */
export interface DiagnosticSources {
  readonly version: string;
  /** As it is in effect, what came from afar included. */
  config(): object;
  /** What `status` shows. */
  status(): object;
  /** What `doctor` finds. */
  doctor(): Promise<object>;
  remote(): object;
  lastLines(): string[];
  /** Texts that must not be in it. */
  secrets(): readonly string[];
}

/** One gzip'd JSON text: everything by which a person far away can tell what is wrong, and no secret. */
export async function makeBundle(sources: DiagnosticSources, nowMs: number): Promise<Buffer> {
  const bundle = {
    v: 1,
    made: isoMillis(nowMs),
    versions: { agent: sources.version, ...process.versions },
    machine: await part(machine),
    config: await part(() => sources.config()),
    remote: await part(() => sources.remote()),
    status: await part(() => sources.status()),
    doctor: await part(() => sources.doctor()),
    log: await part(() => sources.lastLines().map(asFacts)),
  };
  return compress(JSON.stringify(redact(bundle, sources.secrets()), undefined, 1));
}

async function part(read: () => unknown): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    return { failure: describeError(error) };
  }
}

function machine(): object {
  return {
    hostname: hostname(),
    system: `${platform()} ${release()} ${arch()}`,
    uptimeS: Math.floor(uptime()),
    load: loadavg(),
    memoryBytes: { total: totalmem(), free: freemem(), process: process.memoryUsage() },
    interfaces: networkInterfaces(),
    agentUptimeS: Math.floor(process.uptime()),
  };
}

/** As an object, so that secrets are found by their keys too. */
function asFacts(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
