import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { sum } from './box.js';
import type { Fault } from './fault.js';
import { FAKETIME } from './inside.js';
import { assertExact, describeBooks, Stage } from './stage.js';
import { Undisturbed } from './undisturbed.js';

/** In front of a program: its clock begins at another time. Intervals stay as they are. */
function clockAt(time: string): string[] {
  return ['env', `LD_PRELOAD=${FAKETIME}`, `FAKETIME=@${time}`, 'FAKETIME_DONT_FAKE_MONOTONIC=1'];
}

const TIMES = { 1970: '1970-01-01 00:05:00', 2040: '2040-06-01 12:00:00' } as const;
type Year = keyof typeof TIMES;

/** A box whose battery is empty starts in 1970 and must reach its collector all the same. */
const boxAt = (year: Year): Fault => ({
  name: `box-in-${year}`,
  what: `a box's clock says ${year}`,
  needs: ['faketime'],
  play: () =>
    Stage.play({}, async (stage) => {
      const { box, neighbour } = stage;
      await stage.startBoxes();
      const undisturbed = new Undisturbed(neighbour);
      await box.stop();
      const mark = box.mark();
      await box.start({ speed: 4, prefix: clockAt(TIMES[year]) });
      const before = sum(box.status?.spool.acked ?? {});
      await box.untilStatus('records are stored', ({ spool }) => sum(spool.acked) > before + 100);
      const neighbourly = undisturbed.end();
      assert.match(box.since(mark), /clock/i, 'the box says nothing about its clock');
      const books = await stage.settle();
      assertExact(books);
      return `delivers, and says that its clock is wrong; ${neighbourly}; ${describeBooks(books)}`;
    }),
});

/** The collector with a wrong clock: boxes keep what they have, or deliver; nothing is lost when it is right again. */
const collectorAt = (year: Year): Fault => ({
  name: `collector-in-${year}`,
  what: `the collector's clock says ${year}, and is right again after a restart`,
  needs: ['faketime'],
  play: () =>
    Stage.play({}, async (stage) => {
      const { box, collector } = stage;
      await stage.startBoxes();
      await box.untilStatus('records are stored', ({ spool }) => sum(spool.acked) > 100);
      await collector.stop();
      await collector.start({ prefix: clockAt(TIMES[year]) });
      await wait(8_000);
      const meanwhile =
        box.status?.publisher.state === 'connected' ? 'boxes go on delivering' : 'boxes keep what they have';
      assert.ok(box.running !== undefined && collector.running !== undefined, 'somebody ended');
      await collector.stop();
      await collector.start();
      await box.untilStatus('it is connected again', ({ publisher }) => publisher.state === 'connected');
      const books = await stage.settle();
      assertExact(books);
      assert.equal((await stage.table()).ancient, 0, 'rows came in 1970 and will be thrown away for their age');
      return `${meanwhile}; ${describeBooks(books)}`;
    }),
});

export const clocks: readonly Fault[] = [boxAt(1970), boxAt(2040), collectorAt(1970), collectorAt(2040)];
