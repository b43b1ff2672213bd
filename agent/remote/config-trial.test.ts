import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLogger } from '../../protocol/base/log.js';
import type { ConfigReply } from '../../protocol/commands.js';
import { signMessage } from '../../protocol/signed.js';
import { BoxAudit } from './box-audit.js';
import { ConfigTrial } from './config-trial.js';
import { Desired } from './desired.js';
import { PolicyConfig } from './policy.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const IDENTITY = { site: 's1', agent: 'a1' };
const PROOF_MS = 10;

let folder = '';
let desired: Desired;
let acks: number;
let reloads: number;
const said: ConfigReply[] = [];
const trials: ConfigTrial[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hinomi-trial-'));
  desired = new Desired(folder, silentLogger);
  acks = 0;
  reloads = 0;
  said.length = 0;
});
afterEach(() => {
  for (const trial of trials.splice(0)) trial.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A run of the agent with what is desired now. */
function run(): ConfigTrial {
  const world = { clock: { now: () => 1, monotonic: () => performance.now() }, random: Math.random, log: silentLogger };
  const { isTrial } = desired.begin();
  const trial = new ConfigTrial(
    { proofMs: PROOF_MS },
    {
      ...world,
      ...{ identity: IDENTITY, desired, isTrial, audit: new BoxAudit(join(folder, 'audit.ndjson'), world) },
      policy: Value.Default(PolicyConfig, {}) as PolicyConfig,
      flawOfSettings: () => undefined,
      acks: () => acks,
      send: (reply) => said.push(reply),
      reload: () => {
        reloads += 1;
      },
    },
  );
  trials.push(trial);
  trial.start();
  return trial;
}

function tell(trial: ConfigTrial, version: number): void {
  const body = { v: 1, ...IDENTITY, version, issued: 1, settings: { logLevel: 'warn' } };
  trial.onMessage(Buffer.from(signMessage('config', body, privateKey)), publicKey);
}

test('a run that has kept a configuration takes the next one', async () => {
  tell(run(), 1);
  acks = 1;
  const second = run();
  await vi.waitUntil(() => said.at(-1)?.state === 'kept');
  tell(second, 2);
  expect(reloads).toBe(2);
  expect(said.at(-1)).toMatchObject({ state: 'trial', seen: 2 });
});

test('a run that is to end for another configuration takes no more', () => {
  const trial = run();
  tell(trial, 1);
  tell(trial, 2);
  expect([reloads, desired.seen]).toEqual([1, 1]);
});

test('one that is not acknowledged in time goes back, once', async () => {
  tell(run(), 1);
  run();
  await vi.waitUntil(() => reloads === 2);
  expect(desired.reply(1)).toMatchObject({ state: 'back', failed: { version: 1, code: 'REMOTE_CONFIG_UNPROVEN' } });
});
