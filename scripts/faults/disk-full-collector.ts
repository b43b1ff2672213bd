import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { sum } from './box.js';
import type { Fault } from './fault.js';
import type { SmallDisk } from './small-disk.js';
import { assertExact, describeBooks, Stage } from './stage.js';

const DISK_MIB = 192;

export const diskFullCollector: Fault = {
  name: 'disk-full-collector',
  what: "the collector's disk is full",
  needs: ['root'],
  play: ({ isShort }) => {
    let disk: SmallDisk;
    return Stage.play(
      {},
      async (stage) => {
        const { box, collector } = stage;
        await stage.startBoxes();
        await box.untilStatus('records are stored', ({ spool }) => sum(spool.acked) > 100);
        const mark = collector.mark();
        disk.fill();
        await collector.untilLog('could not write', mark);
        // What is acknowledged from here on until there is room again would be a lie.
        await wait(2_000);
        const acked = sum(box.status?.spool.acked ?? {});
        await wait(isShort ? 3_000 : 30_000);
        assert.equal(sum(box.status?.spool.acked ?? {}), acked, 'records were acknowledged while the disk was full');
        assert.ok((box.status?.spool.batches ?? 0) > 0, 'nothing waits at the box');
        assert.ok(collector.running !== undefined, 'the collector ended');
        disk.relieve();
        await box.untilStatus('records are stored again', ({ spool }) => sum(spool.acked) > acked);
        assert.equal(collector.starts, 1, 'the collector had to be started again');
        const books = await stage.settle();
        assertExact(books);
        return `nothing acknowledged meanwhile, boxes kept it, went on by itself; ${describeBooks(books)}`;
      },
      (stage) => {
        disk = stage.putOnSmallDisk(stage.collector.data, DISK_MIB);
      },
    );
  },
};
