import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import { Desired } from './desired.js';

describe('the configuration from afar, on disk', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hinomi-desired-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** As a start of the agent after whatever ended it before. */
  const open = (): Desired => new Desired(folder, silentLogger);
  const one = { logLevel: 'debug' };
  const two = { logLevel: 'warn' };

  test('a box that was told nothing runs with its own file', () => {
    const desired = open();
    expect(desired.begin()).toEqual({ version: 0, settings: {}, isTrial: false });
    expect(desired.reply(7)).toEqual({ v: 1, kind: 'config', state: 'local', running: 0, seen: 0, at: 7 });
  });

  test('what has proven itself is what the next start runs with', () => {
    const desired = open();
    desired.propose(1, one);
    expect(desired.begin()).toEqual({ version: 1, settings: one, isTrial: true });
    expect(desired.reply(0).state).toBe('trial');
    desired.keep();
    expect(desired.reply(0)).toMatchObject({ state: 'kept', running: 1 });
    expect(open().begin()).toEqual({ version: 1, settings: one, isTrial: false });
  });

  test('killed before the trial began, it is tried at the next start', () => {
    open().propose(1, one);
    expect(open().begin()).toEqual({ version: 1, settings: one, isTrial: true });
  });

  test('killed in the trial, or crashed by it, what was before is there at the next start, and it says why', () => {
    const desired = open();
    desired.propose(1, one);
    desired.begin();
    desired.keep();
    desired.propose(2, two);
    desired.begin();
    const next = open();
    expect(next.begin()).toEqual({ version: 1, settings: one, isTrial: false });
    expect(next.reply(0)).toMatchObject({
      ...{ state: 'back', running: 1, seen: 2 },
      failed: { version: 2, code: 'REMOTE_CONFIG_CRASHED' },
    });
    expect(open().begin().version).toBe(1);
  });

  test('one that is refused changes nothing but what is told', () => {
    const desired = open();
    desired.begin();
    desired.refuse(3, 'REMOTE_FORBIDDEN', 'not here');
    expect(desired.reply(0)).toMatchObject({ state: 'refused', running: 0, seen: 3, failed: { version: 3 } });
    expect(open().begin().version).toBe(0);
  });

  test('one that was kept and does not start any more is dropped', () => {
    const desired = open();
    desired.propose(1, one);
    desired.begin();
    desired.keep();
    desired.dropKept('REMOTE_CONFIG_FAILED', 'why');
    expect(open().begin().version).toBe(0);
  });

  test.each([['{'], [''], ['[]'], ['{"seen":-1}'], ['{"seen":1,"trial":{"version":1}}'], ['null']])(
    'garbage in its place is put aside: %j',
    (text) => {
      writeFileSync(join(folder, 'config.json'), text);
      expect(open().begin()).toEqual({ version: 0, settings: {}, isTrial: false });
      expect(readFileSync(join(folder, 'config.json.broken'), 'utf8')).toBe(text);
    },
  );

  test('whatever happens in whatever order, a trial is begun once, and what runs is kept or local', () => {
    const step = fc.constantFrom('propose', 'begin', 'keep', 'back', 'refuse', 'kill');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        rmSync(join(folder, 'config.json'), { force: true });
        let desired = open();
        let running = desired.begin();
        let version = 0;
        let kept = 0;
        const begun = new Set<number>();
        const begin = (): void => {
          running = desired.begin();
          if (!running.isTrial) expect(running.version).toBe(kept);
          else {
            expect(begun.has(running.version)).toBe(false);
            begun.add(running.version);
          }
        };
        for (const each of steps) {
          if (each === 'propose') desired.propose(++version, one);
          if (each === 'refuse') desired.refuse(++version, 'REMOTE_FORBIDDEN', '');
          if (each === 'begin') begin();
          if (each === 'kill') {
            desired = open();
            begin();
          }
          if (each === 'keep' && running.isTrial && desired.seen === running.version && desired.isOnTrial) {
            desired.keep();
            kept = running.version;
            running = { ...running, isTrial: false };
          }
          if (each === 'back') desired.back('REMOTE_CONFIG_UNPROVEN', '');
          expect(desired.seen).toBe(version);
        }
      }),
      { numRuns: 60 },
    );
  });
});
