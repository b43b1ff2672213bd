import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeBatch, encodeAck } from '../protocol/codec.js';
import { LANES } from '../protocol/records/lanes.js';
import type { AgentStatusFile } from './status.js';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const TSX = ['--import', 'tsx', MAIN];

let folder: string;
const cleanUps: (() => Promise<void> | void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-'));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
const agent = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [...TSX, ...args], (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err });
    });
  });

const statusOf = async (): Promise<AgentStatusFile> =>
  JSON.parse((await agent('status', '--data', folder, '--json')).out) as AgentStatusFile;

/** A collector that counts each batch once and acknowledges it. */
async function startCollector() {
  const aedes = await Aedes.createBroker();
  const server = createServer(aedes.handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const counts: Record<string, number> = { p0: 0, p1: 0, p2: 0, p3: 0 };
  const marks = new Map<string, number>();
  const states: string[] = [];
  aedes.on('publish', (packet) => {
    if (packet.topic.endsWith('/up/status')) states.push(JSON.parse(packet.payload.toString()).state);
    const batch = packet.topic.endsWith('/up/batch') ? decodeBatch(packet.payload as Buffer) : undefined;
    if (!batch?.ok) return;
    const { epoch, lane, seq, count } = batch.value.header;
    if (seq > (marks.get(epoch + lane) ?? 0)) {
      marks.set(epoch + lane, seq);
      counts[lane]! += count;
    }
    const payload = encodeAck({ epoch, lane, seq: marks.get(epoch + lane)!, credit: 8, pauseMs: 0 });
    const topic = packet.topic.replace('up/batch', 'down/ack');
    aedes.publish({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false }, () => {});
  });
  cleanUps.push(async () => {
    server.close();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
  });
  return { port: (server.address() as { port: number }).port, counts, states };
}

function writeIdentity(port: number): void {
  mkdirSync(join(folder, 'identity'));
  for (const name of ['key.pem', 'certificate.pem', 'authority.pem']) writeFileSync(join(folder, 'identity', name), '');
  const facts = { site: 's', agent: 'a', mqttUrl: `mqtt://127.0.0.1:${port}`, collectorUrl: '', enrolled: '' };
  writeFileSync(join(folder, 'identity', 'identity.json'), JSON.stringify(facts));
}

/** A recording of single UDP packets, each a flow of its own. */
function writeRecording(packets: number): string {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  const parts = [header];
  for (let index = 0; index < packets; index++) {
    const frame = Buffer.alloc(42);
    frame.writeUInt16BE(0x0800, 12);
    frame.set([0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2], 14);
    frame.writeUInt16BE(1_024 + index, 34);
    frame.writeUInt16BE(9, 36);
    frame.writeUInt16BE(8, 38);
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_700_000_000 + index, 0);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    parts.push(record, frame);
  }
  const file = join(folder, 'recording.pcap');
  writeFileSync(file, Buffer.concat(parts));
  return file;
}

function startAgent(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [...TSX, 'run', '--data', folder, ...args], { stdio: 'ignore' });
  cleanUps.push(() => void child.kill('SIGKILL'));
  return child;
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  const exit = once(child, 'exit');
  child.kill(signal);
  return (await exit)[0];
}

test('what was accepted is what arrives, through a kill and an orderly stop', async () => {
  const collector = await startCollector();
  writeIdentity(collector.port);
  const recording = writeRecording(200);

  const killed = startAgent('--replay', recording);
  await expect.poll(() => collector.counts['p3'], { timeout: 20_000 }).toBeGreaterThan(0);
  await stop(killed, 'SIGKILL');
  const afterKill = await statusOf();
  expect(afterKill.state).toBe('stopped');
  expect(afterKill.spool.accepted.p3).toBeGreaterThan(0);

  const stopped = startAgent('--replay', recording);
  await expect.poll(() => collector.counts['p3'], { timeout: 20_000 }).toBeGreaterThan(afterKill.spool.accepted.p3);
  expect((await statusOf()).state).toBe('running');
  expect(await stop(stopped, 'SIGTERM')).toBe(0);
  const { state, spool } = await statusOf();
  expect(state).toBe('stopped');
  expect(spool.batches).toBe(0);
  for (const lane of LANES) expect(collector.counts[lane]).toBe(spool.accepted[lane]);
  await expect.poll(() => collector.states.at(-1)).toBe('goodbye');
}, 60_000);

test.each([
  ['an unknown command', ['watch'], /unknown command/],
  ['a missing option', ['enrol', '--code', 'x'], /--collector/],
  ['options that exclude each other', ['run', '--interface', 'x', '--replay', 'y'], /exclude each other/],
  ['a configuration that is not there', ['run', '--config', '/nonexistent'], /CONFIG_UNREADABLE/],
])('%s ends with one clear line and not with success', async (_name, args, line) => {
  const ended = await agent(...args);
  expect(ended.code).not.toBe(0);
  expect(ended.err.trim().split('\n')).toHaveLength(1);
  expect(ended.err).toMatch(line);
});

test('doctor says what is wrong, one line each', async () => {
  const ended = await agent('doctor', '--data', join(folder, 'none'), '--interface', 'none0');
  expect(ended.code).toBe(1);
  expect(ended.out).toMatch(/^WRONG data folder: /m);
  expect(ended.out).toMatch(/^WRONG identity: /m);
  expect(ended.out).toMatch(/^WRONG interface: /m);
});
