import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from './fault.js';
import type { SmallDisk } from './small-disk.js';
import { assertExact, describeBooks, Stage } from './stage.js';
import { Undisturbed } from './undisturbed.js';

const DISK_MIB = 24;
const MIB = 2 ** 20;

/** The collector is out of the box's reach, so that the spool must grow. */
const AWAY = { publish: { url: 'mqtts://127.0.0.1:9' }, spool: { queueBytesMax: 2 * MIB, retryMsMax: 1_000 } };

export const diskFullBox: Fault = {
  name: 'disk-full-box',
  what: "a box's disk is full",
  needs: ['root'],
  play: ({ isShort }) => {
    let disk: SmallDisk;
    return Stage.play(
      {},
      async (stage) => {
        const { box, neighbour } = stage;
        await neighbour.start({ speed: 1 });
        const undisturbed = new Undisturbed(neighbour);
        box.begin({ config: AWAY, speed: 20 });
        await box.untilStatus('it has batches', ({ spool }) => spool.batches > 5);
        disk.fill();
        // Nothing can be written, the file of its status neither: the log has to say so.
        await box.untilLog('the spool cannot be written');
        await wait(isShort ? 3_000 : 20_000);
        assert.ok(box.running !== undefined, 'the agent ended');
        disk.relieve();
        await box.untilLog('the spool can be written again');
        await box.untilStatus('it writes', ({ spool }) => !spool.isFailing && spool.queuedBytes < MIB);
        const refused = box.status?.spool.refusedRecords ?? 0;
        await box.stop();
        await box.start({ config: {}, speed: 4 });
        const neighbourly = undisturbed.end();
        const books = await stage.settle();
        assertExact(books);
        const told = books.get(box)?.gaps['queue_full'] ?? 0;
        assert.ok(told >= refused, `${refused} records were refused for want of space, ${told} told`);
        return `records waited in memory, ${told} had no room there and were told; ${neighbourly}; ${describeBooks(books)}`;
      },
      (stage) => {
        disk = stage.putOnSmallDisk(stage.box.data, DISK_MIB);
      },
    );
  },
};
