import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../../test/support/programs.js';
import { sum } from './box.js';
import type { Fault } from './fault.js';
import { PATIENCE_MS } from './member.js';
import { assertExact, describeBooks, Stage } from './stage.js';
import { Undisturbed } from './undisturbed.js';

const LIFE_S = 20;

/** Switched off for so long that its certificate ends; it must come back without anybody's help. */
export const expiredCertificate: Fault = {
  name: 'expired-certificate',
  what: "a box's certificate has expired while it was switched off",
  needs: [],
  play: () =>
    Stage.play({ fleet: { certificateSeconds: LIFE_S } }, async (stage) => {
      const { box, neighbour, collector } = stage;
      // The neighbour's is long enough: it renews at half of its life, as every box does.
      await neighbour.start({ speed: 1 });
      await box.start({ speed: 4 });
      await box.kill();
      const mark = collector.mark();
      await wait((LIFE_S + 5) * 1_000);
      await box.start({ speed: 4 });
      const acked = sum(box.status?.spool.acked ?? {});
      await box.untilStatus('records are stored', ({ spool }) => sum(spool.acked) > acked + 50);
      assert.match(collector.since(mark), /an expired certificate was renewed/);
      assert.equal(neighbour.starts, 1, 'the neighbour had to be started again');
      const books = await stage.settle();
      assertExact(books);
      return `renewed by itself, and the collector says so; the neighbour renewed in time; ${describeBooks(books)}`;
    }),
};

export const revokedCertificate: Fault = {
  name: 'revoked-certificate',
  what: "a box's certificate is revoked while it delivers",
  needs: [],
  play: () =>
    Stage.play({}, async (stage) => {
      const { box, neighbour, collector } = stage;
      await stage.startBoxes();
      const undisturbed = new Undisturbed(neighbour);
      const connections = box.status?.publisher.connections;
      await collector.admin('agent', 'revoke', box.agent);
      const begin = performance.now();
      await box.untilStatus('its connection ends', ({ publisher }) => publisher.state !== 'connected');
      const seconds = ((performance.now() - begin) / 1_000).toFixed(1);
      await wait(5_000);
      assert.equal(box.status?.publisher.connections, connections, 'it came in again');
      assert.ok((box.status?.spool.batches ?? 0) > 0, 'nothing waits at the box');
      const neighbourly = undisturbed.end();
      // Enrolled anew it is another agent, with the same spool.
      await box.stop();
      const { code } = await collector.admin<{ code: string }>('site', 'code', box.site);
      const { gateUrl = '' } = collector.listening ?? {};
      const before = box.agent;
      await box.enrol(gateUrl, code);
      await stage.neighbour.drain();
      await box.drain();
      const { accepted, evicted } = (await box.stopped()).spool;
      await collector.stop();
      const { standings } = await stage.table();
      const [old, now] = [standings.get(before), standings.get(box.agent)];
      const stored = (old?.records ?? 0) + (now?.records ?? 0);
      assert.equal((old?.twice ?? 0) + (now?.twice ?? 0), 0, 'stored twice');
      // What was stored and not acknowledged when it was thrown out comes again under the new name.
      assert.ok(stored >= sum(accepted) - sum(evicted), 'records are missing');
      return `out after ${seconds} s and not in again, its records kept until it was enrolled anew; ${neighbourly}`;
    }),
};

export const duplicatedIdentity: Fault = {
  name: 'duplicated-identity',
  what: 'two boxes with one key throw each other out',
  needs: [],
  play: () =>
    Stage.play({}, async (stage) => {
      const { box, neighbour, collector } = stage;
      const twin = stage.newBox('twin');
      cpSync(join(box.data, 'identity'), join(twin.data, 'identity'), { recursive: true });
      twin.agent = box.agent;
      await stage.startBoxes();
      const undisturbed = new Undisturbed(neighbour);
      twin.begin({ speed: 4 });
      await until(
        'the collector alarms',
        () => collector.log.includes('identity-duplicated'),
        collector.running,
        PATIENCE_MS,
      );
      const neighbourly = undisturbed.end();
      await twin.drain();
      await box.drain();
      await neighbour.drain();
      const spools = await Promise.all([box, twin].map(async (one) => (await one.stopped()).spool));
      await collector.stop();
      const { standings, alerts } = await stage.table();
      const { records = 0, twice, torn } = standings.get(box.agent) ?? {};
      const accepted = spools.reduce((total, spool) => total + sum(spool.accepted) - sum(spool.evicted), 0);
      assert.deepEqual({ records, twice, torn }, { records: accepted, twice: 0, torn: 0 });
      assert.ok((alerts['identity-duplicated'] ?? 0) > 0, 'there is no alert');
      return `an alert; both delivered in turn: ${records.toLocaleString('en')} records once each; ${neighbourly}`;
    }),
};
