import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { pcap } from './capture/testing/write-recordings.js';

const PROGRAM = fileURLToPath(new URL('./testing/counting-sensor.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hinomi-sensor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A sensor that reads a recording of `count` packets, for ever. */
function start(name: string, count: number, speed: number): { child: ChildProcess; output: Readable } {
  const path = join(folder, name);
  const packet = { seconds: 1_700_000_000, fraction: 0, data: Buffer.alloc(60) };
  writeFileSync(path, pcap(Array.from({ length: count }, () => packet)));
  const argument = JSON.stringify({ recording: { path, loop: true, speed }, statsMs: 60_000 });
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, argument], {
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  });
  children.push(child);
  return { child, output: child.stdio[3] as Readable };
}

const exited = async (child: ChildProcess): Promise<unknown[]> => once(child, 'exit');
/** The same, after its output was read to the end. */
const closed = async (child: ChildProcess): Promise<unknown[]> => once(child, 'close');

describe('the sensor process', () => {
  it('ends at once when the agent is gone', async () => {
    const { child, output } = start('quiet.pcap', 3, 1);
    await once(output, 'readable');
    child.stdin?.destroy();
    expect(await exited(child)).toEqual([1, null]);
  });

  it('ends when the agent is gone while its output is full', async () => {
    const { child, output } = start('full.pcap', 200_000, 0);
    await once(output, 'readable');
    child.stdin?.destroy();
    expect(await exited(child)).toEqual([1, null]);
  });

  it('ends when nobody reads its output any more', async () => {
    const { child, output } = start('unread.pcap', 200_000, 0);
    await once(output, 'readable');
    output.destroy();
    expect(await exited(child)).toEqual([1, null]);
  });

  it('tells its counts at once when it is asked', async () => {
    const { child, output } = start('asked.pcap', 3, 1);
    let text = '';
    output.on('data', (chunk) => {
      text += chunk;
    });
    await once(output, 'data');
    const before = text.split('\ns{').length;
    const askedMs = performance.now();
    child.stdin?.write('s');
    while (text.split('\ns{').length === before) await once(output, 'data');
    expect(performance.now() - askedMs).toBeLessThan(20_000); // Unasked it tells once a minute here.
  });

  it.each(['SIGTERM', 'q'])('hands over its last records on %s', async (how) => {
    const { child, output } = start(`${how}.pcap`, 3, 1);
    let text = '';
    output.on('data', (chunk) => {
      text += chunk;
    });
    await once(output, 'data');
    if (how === 'q') child.stdin?.write('q');
    else child.kill('SIGTERM');
    expect(await closed(child)).toEqual([0, null]);
    const lines = text.trimEnd().split('\n');
    expect(lines.at(-2)).toMatch(/^2\{"finished":\d+\}$/);
    expect(lines.at(-1)).toMatch(/^s\{/);
  });
});
