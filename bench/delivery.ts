/**
 * The time from a packet on the wire to its record in a query's answer, through both real programs on this machine.
 * Needs root, for the capture on the loopback interface.
 *
 *   npx tsx bench/delivery.ts [--queries 100]
 *
 * A DNS query and its answer cross `lo`; then GET /api/v1/events is asked every few milliseconds until the name is
 * there. The polling itself adds up to its own pause and the time of one answer.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { EventList } from '../protocol/api/events.js';
import { dnsQuery, dnsResponse } from '../scripts/traffic/dns.js';
import { describeRun, quantile } from './machine.js';

const POLL_MS = 10;
const WAIT_MS_MAX = 20_000;
const NODE = ['--import', 'tsx'];

function start(program: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [...NODE, program, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function ask(program: string, ...args: string[]): string {
  return execFileSync(process.execPath, [...NODE, program, ...args], { encoding: 'utf8' });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** @throws Error after WAIT_MS_MAX */
async function until<T>(what: string, probe: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const endMs = performance.now() + WAIT_MS_MAX;
  while (performance.now() < endMs) {
    const found = await probe();
    if (found !== undefined) return found;
    await sleep(POLL_MS);
  }
  throw new Error(`${what} did not come within ${WAIT_MS_MAX} ms`);
}

class Asker {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async hasName(name: string): Promise<true | undefined> {
    const query = new URLSearchParams({ q: `dns.question.name:${name}`, from: 'now-15m', limit: '1' });
    const headers = { authorization: `Bearer ${this.#token}` };
    const response = await fetch(`${this.#url}/api/v1/events?${query}`, { headers });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    return ((await response.json()) as EventList).events.length > 0 ? true : undefined;
  }
}

/** Sends one question over `lo` and lets `server` answer it, so that the record is complete at once. */
async function exchange(client: Socket, server: Socket, name: string, id: number): Promise<void> {
  const question = { id, name, type: 'A' as const };
  const arrived = once(server, 'message');
  client.send(dnsQuery(question), server.address().port, '127.0.0.1');
  await arrived;
  const answers = [{ name, type: 'A' as const, data: '192.0.2.1' }];
  const received = once(client, 'message');
  server.send(dnsResponse({ ...question, answers }), client.address().port, '127.0.0.1');
  await received;
}

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

async function latencies(asker: Asker, count: number): Promise<number[]> {
  const [client, server] = [await bound(), await bound()];
  const run = process.pid.toString(36);
  const nameOf = (index: number) => `q${index}-${run}.example.test`;
  try {
    // The agent connects and begins to listen: asked again until the first name arrives.
    await until('the first record', async () => {
      await exchange(client, server, nameOf(0), 0);
      return asker.hasName(nameOf(0));
    });
    const list: number[] = [];
    for (let index = 1; index <= count; index += 1) {
      const startMs = performance.now();
      await exchange(client, server, nameOf(index), index);
      await until(nameOf(index), () => asker.hasName(nameOf(index)));
      list.push(performance.now() - startMs);
    }
    return list;
  } finally {
    client.close();
    server.close();
  }
}

async function run(folder: string, count: number, children: ChildProcess[]): Promise<void> {
  const [theirs, ours] = [join(folder, 'collector'), join(folder, 'agent')];
  const main = 'collector/main.ts';
  const ports = ['--http-port', '0', '--mqtt-port', '0', '--gate-port', '0'];
  children.push(start(main, 'run', '--data', theirs, ...ports));
  const file = join(theirs, 'listening.json');
  await until('the collector', () => (existsSync(file) ? true : undefined));
  const { httpUrl, gateUrl } = JSON.parse(readFileSync(file, 'utf8')) as { httpUrl: string; gateUrl: string };
  ask(main, 'company', 'add', 'bench', '--id', 'bench', '--data', theirs);
  ask(main, 'site', 'add', 'bench', '--company', 'bench', '--id', 'bench-site', '--data', theirs);
  const { code } = JSON.parse(ask(main, 'site', 'code', 'bench-site', '--json', '--data', theirs)) as { code: string };
  const created = ask(main, 'token', 'add', 'bench', '--role', 'soc', '--json', '--data', theirs);
  const { token } = JSON.parse(created) as { token: string };
  ask('agent/main.ts', 'enrol', '--collector', gateUrl, '--code', code, '--data', ours);
  children.push(start('agent/main.ts', 'run', '--data', ours, '--interface', 'lo'));
  const list = await latencies(new Asker(httpUrl, token), count);
  const figures = [0.5, 0.99, 1].map((share) => Math.round(quantile(list, share)));
  process.stdout.write(`${describeRun()}\n\n`);
  process.stdout.write(
    `${count} queries, packet to answer: p50 ${figures[0]} ms, p99 ${figures[1]} ms, max ${figures[2]} ms\n`,
  );
}

const program = new Command('delivery').option('--queries <number>', 'measured', Number, 100).parse();
const folder = mkdtempSync(join(tmpdir(), 'hinomi-delivery-'));
const children: ChildProcess[] = [];
try {
  await run(folder, program.opts<{ queries: number }>().queries, children);
} finally {
  for (const child of children.reverse()) await stop(child);
  rmSync(folder, { recursive: true });
}
