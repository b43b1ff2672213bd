import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from './fault.js';
import { assertExact, describeBooks, Stage } from './stage.js';
import { Undisturbed } from './undisturbed.js';

const MIB = 2 ** 20;
const AWAY = { publish: { url: 'mqtts://127.0.0.1:9' }, spool: { queueBytesMax: 2 * MIB, retryMsMax: 1_000 } };

/** Linux puts a card that fails into this state. Files that are open for writing go on; no new one can be made. */
export const readOnlyBox: Fault = {
  name: 'read-only-box',
  what: "a box's disk becomes read-only, at work and before a start, and writable again",
  needs: ['root'],
  play: ({ isShort }) =>
    Stage.play({}, async (stage) => {
      const { box, neighbour } = stage;
      await neighbour.start({ speed: 1 });
      const undisturbed = new Undisturbed(neighbour);
      box.begin({ config: AWAY, speed: 40 });
      await box.untilStatus('it has batches', ({ spool }) => spool.batches > 5);
      lock(box.data);
      // LevelDB begins a new file each 4 MiB.
      await box.untilLog('the spool cannot be written');
      await wait(isShort ? 2_000 : 20_000);
      assert.ok(box.running !== undefined, 'the agent ended');
      unlock(box.data);
      await box.untilLog('the spool can be written again');
      await box.stop();
      const refusal = await refusedStart(stage);
      await box.start({ config: {}, speed: 4 });
      const neighbourly = undisturbed.end();
      const books = await stage.settle();
      assertExact(books);
      return `records waited in memory and were written later; a start says "${refusal}"; ${neighbourly}; ${describeBooks(books)}`;
    }),
};

async function refusedStart({ box }: Stage): Promise<string> {
  lock(box.data);
  const mark = box.mark();
  box.begin({ config: {}, speed: 4 });
  const code = await box.running?.ended;
  unlock(box.data);
  const lines = box.since(mark).trim().split('\n');
  assert.equal(code, 1, `the agent ended with ${code}`);
  assert.equal(lines.length, 1, `more than one line: ${lines.join('\n')}`);
  assert.match(lines[0] ?? '', /read-only/i);
  return /\(([A-Z_]+)\)/.exec(lines[0] ?? '')?.[1] ?? '';
}

/** A file system cannot be made read-only while files are open on it; a second mount over it can. */
function lock(folder: string): void {
  execFileSync('mount', ['--bind', folder, folder]);
  execFileSync('mount', ['-o', 'remount,bind,ro', folder]);
}

function unlock(folder: string): void {
  execFileSync('umount', ['--lazy', folder]);
}
