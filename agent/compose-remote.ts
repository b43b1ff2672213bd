import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { type AdjustableLog, createAdjustableLogger } from '../protocol/base/log.js';
import { VERSION } from '../protocol/base/place.js';
import type { World } from '../protocol/base/world.js';
import type { AgentConfig } from './config.js';
import { examine } from './doctor.js';
import { learnTime } from './enrol/gate-client.js';
import type { StoredIdentity } from './enrol/identity.js';
import type { IdentityKeeper } from './enrol/keeper.js';
import { signerKeyOf } from './enrol/trust.js';
import type { TrustedTime } from './enrol/trusted-time.js';
import { upload } from './enrol/upload.js';
import type { RunControl } from './generations.js';
import { BoxAudit, clearResults, Desired, Ledger, PassingLogLevel, Remote, Runners } from './remote/remote.js';
import { Secrets } from './secrets/secrets.js';
import type { SensorWatch } from './watch/watch.js';

/** Of a run that was started by a program; tests of other parts start one without. */
export interface AgentControl extends RunControl {
  readonly adjustable: AdjustableLog;
}

export interface RemoteParts extends World {
  readonly keeper: IdentityKeeper;
  readonly control: AgentControl;
  watch(): Pick<SensorWatch, 'capture' | 'rescan' | 'readRing'>;
  status(): object;
  acks(): number;
  send(reply: Buffer): boolean;
}

/** The collector's hand in this box. Its files are below `remote/` of the data folder. */
export function makeRemote(config: AgentConfig, parts: RemoteParts): Remote {
  const { keeper, control, log } = parts;
  const { time } = keeper;
  const folder = join(config.data, 'remote');
  clearResults(folder);
  const logLevel = new PassingLogLevel(control.adjustable, config.logLevel);
  const runners = new Runners({
    folder,
    logLevel,
    now: () => time.now(),
    capture: (request, onBytes, signal) => parts.watch().capture(request, onBytes, signal),
    readRing: (request, onBytes, signal) => parts.watch().readRing(request, onBytes, signal),
    rescan: () => parts.watch().rescan(),
    upload: (id, file, signal) =>
      upload(id, file, signal, {
        ...{ ...parts, time, uploadMs: config.remote.uploadMs },
        identity: () => keeper.current,
      }),
    diagnostics: {
      version: VERSION,
      config: () => config,
      status: () => parts.status(),
      doctor: () => examine(config, parts.clock.now()),
      remote: () => ({ ...control.desired.reply(time.now()), policy: config.policy }),
      lastLines: () => control.adjustable.lastLines(),
      secrets: () => [...secretsOf(keeper.current), ...new Secrets(config.data).texts()],
    },
  });
  return new Remote(config.remote, {
    ...parts,
    ...control,
    identity: { site: keeper.site, agent: keeper.agent },
    policy: config.policy,
    ledger: new Ledger(folder, time.now(), log),
    audit: new BoxAudit(join(folder, 'audit.ndjson'), parts),
    runners,
    time: { now: () => time.now(), refresh: () => askTime(keeper.current, time) },
    signerKey: signerOf(keeper),
  });
}

/** For a run that nobody supervises: nothing is reloaded, a restart ends nothing. */
export function standAlone(config: AgentConfig, { log }: World): AgentControl {
  const isNot = (): void => log.warn({}, 'this run of the agent cannot be started again');
  return {
    adjustable: createAdjustableLogger('hinomi-agent', config.logLevel),
    desired: new Desired(join(config.data, 'remote'), log),
    isTrial: false,
    reload: isNot,
    restart: isNot,
    flawOfSettings: () => undefined,
  };
}

async function askTime({ gateUrl, authority, key, certificate }: StoredIdentity, time: TrustedTime): Promise<void> {
  if (gateUrl !== undefined) await learnTime({ url: gateUrl, expected: { authority }, time, key, certificate });
}

/** Looked for until there is one: a box that was enrolled before there were signers gets its own later. */
function signerOf(keeper: IdentityKeeper): () => KeyObject | undefined {
  let key: KeyObject | undefined;
  return () => {
    key ??= signerKeyOf(keeper.current);
    return key;
  };
}

/** Lines of the key: whole, it is not found in a text that was cut. */
function secretsOf({ key }: StoredIdentity): string[] {
  return key.split('\n').filter((line) => line.length > 16 && !line.startsWith('-----'));
}
