import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('an engine whose collector is gone before it has begun ends, and holds no table', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'engine-orphan-'));
  const argument = JSON.stringify({
    config: { queryS: 15, queryBytesMax: 2 ** 29 },
    folder: join(folder, 'telemetry'),
  });
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', main, argument], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = new Promise((done) => child.once('exit', () => done('ended')));
  child.disconnect();
  const late = new Promise((done) => setTimeout(() => done('lives on'), 40_000).unref());
  expect(await Promise.race([ended, late])).toBe('ended');
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}, 60_000);
