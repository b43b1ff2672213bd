import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from './fault.js';
import { assertExact, describeBooks, Stage } from './stage.js';

/** A collector that is there and does nothing: connections stay open, nothing is answered. */
export const frozenBroker: Fault = {
  name: 'frozen-broker',
  what: 'the collector is stopped by SIGSTOP for a minute',
  needs: [],
  play: ({ isShort }) =>
    Stage.play({}, async (stage) => {
      const { box, collector } = stage;
      await stage.startBoxes({ publish: { keepaliveS: 5, ackTimeoutMs: 3_000, backoffMsMax: 3_000 } });
      await wait(2_000);
      collector.signal('SIGSTOP');
      // Longer than three timeouts of the box, so that it gives the connection up and knocks in vain.
      await wait(isShort ? 12_000 : 60_000);
      const { publisher } = box.status ?? {};
      if (publisher?.state === 'connected') throw new Error('the box believes that it is connected');
      collector.signal('SIGCONT');
      await box.untilStatus('is back', (status) => status.publisher.state === 'connected');
      await wait(1_000);
      const books = await stage.settle();
      assertExact(books);
      return `the box gave the connection up (${publisher?.lastError}), and came back; ${describeBooks(books)}`;
    }),
};
