import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../protocol/base/errors.js';
import { machineBoot } from '../protocol/base/machine.js';
import { VERSION } from '../protocol/base/place.js';
import { Scope } from '../protocol/base/scope.js';
import { isoMillis } from '../protocol/base/time.js';
import type { World } from '../protocol/base/world.js';
import type { Lane } from '../protocol/records/lanes.js';
import { type AgentControl, makeRemote, standAlone } from './compose-remote.js';
import { makeSyslog } from './compose-syslog.js';
import type { AgentConfig } from './config.js';
import { IdentityKeeper } from './enrol/keeper.js';
import { Renewal } from './enrol/renewal.js';
import { Canary } from './health/canary.js';
import { Health, type HealthConfig } from './health/health.js';
import { Poll } from './poll/poll.js';
import { Publisher } from './publish/publisher.js';
import type { Remote } from './remote/remote.js';
import { Secrets } from './secrets/secrets.js';
import { Spool } from './spool/spool.js';
import { type StatusFacts, StatusFile } from './status.js';
import { SensorMemory } from './watch/sensor-memory.js';
import { SensorWatch } from './watch/watch.js';

/**
 * Starts from the sink and ends at the source. At the end the sensor stops first, the spool stores what came, the
 * publisher sends what it can and says goodbye, and the spool is closed.
 * @throws DATA_FOLDER, ENROL_MISSING, SPOOL_OPEN_FAILED, CONFIG_INVALID
 */
export async function startAgent(config: AgentConfig, world: World, control?: AgentControl): Promise<Scope> {
  makeDataFolder(config.data);
  const keeper = new IdentityKeeper(config.data, world);
  const boot = randomBytes(8).toString('hex');
  const started = isoMillis(world.clock.now());
  const scope = new Scope();
  try {
    const status = await scope.start(new StatusFile(config, world));
    const spool = await scope.start(
      new Spool(config.spool, { ...world, dataFolder: config.data, boot, machineBoot: machineBoot() }),
    );
    const publisher: Publisher = new Publisher(config.publish, {
      ...{ ...world, source: spool, version: VERSION, boot, identity: keeper },
      dial: (url, msMax, signal) => keeper.dial(url, msMax, signal),
      onConnected: () => keeper.onConnected(),
      onAcked: () => keeper.onAcked(),
      remote: {
        onMessage: (kind, bytes) => remote.onMessage(kind, bytes),
        onConnected: () => remote.onConnected(),
      },
    });
    const remote: Remote = makeRemote(config, {
      ...{ ...world, keeper, control: control ?? standAlone(config, world) },
      watch: () => watch,
      status: () => facts(),
      acks: () => publisher.stats().acks,
      send: (reply) => publisher.reply(reply),
    });
    await scope.start(remote);
    await scope.start(publisher);
    const renewal = await scope.start(
      new Renewal(config.renewal, { ...world, keeper, reconnect: () => publisher.reconnect() }),
    );
    scope.onClose('spool flush', () => spool.flush());
    const accept = (lane: Lane, line: Buffer): void => void spool.append(lane, line);
    const canary: Canary = new Canary(config.canary, {
      ...world,
      accept,
      listening: () => (watch.lastFailure === undefined ? watch.lastStats : undefined),
    });
    const watch: SensorWatch = new SensorWatch(
      { ...config.watch, sensor: config.sensor },
      {
        ...world,
        accept: (lane, line) => {
          canary.onRecord(line);
          accept(lane, line);
        },
        lost: (reason, count, lane) => spool.noteLoss(lane ?? 'p3', reason, count ?? 0, 0),
        isReady: () => spool.hasRoom,
        memory: new SensorMemory(config.data),
        ringFolder: join(config.data, 'ring'),
      },
    );
    await scope.start(
      new Health(firstSoon(config.health, control?.isTrial), {
        ...world,
        version: VERSION,
        accept,
        spool: () => spool.stats(),
        sensorRestarts: () => watch.counters.restarts,
      }),
    );
    await scope.start(watch);
    await scope.start(canary);
    const syslog = await scope.start(makeSyslog(config, { ...world, spool }));
    const secrets = new Secrets(config.data);
    const poll = await scope.start(new Poll(config.poll, { ...world, accept, secret: (name) => secrets.get(name) }));
    const facts = (): StatusFacts => ({
      version: VERSION,
      started,
      site: keeper.site,
      agent: keeper.agent,
      identity: renewal.stats(),
      spool: spool.stats(),
      publisher: publisher.stats(),
      sensor: sensorFacts(watch),
      remote: remote.stats(),
      syslog: syslog.stats(),
      poll: poll.stats(),
    });
    status.begin(facts);
    return scope;
  } catch (error) {
    await scope.close().catch(() => {});
    throw error;
  }
}

/** A trial is proven by something that is acknowledged: there has to be something. */
const TRIAL_FIRST_MS = 500;
const firstSoon = (config: HealthConfig, isTrial = false): HealthConfig =>
  isTrial ? { ...config, firstMs: Math.min(config.firstMs, TRIAL_FIRST_MS) } : config;

function sensorFacts(watch: SensorWatch) {
  return {
    restarts: watch.counters.restarts,
    isFinished: watch.isFinished,
    ...(watch.pid === undefined ? {} : { pid: watch.pid }),
    ...(watch.lastFailure === undefined ? {} : { failure: watch.lastFailure }),
    ...(watch.lastStats === undefined ? {} : { last: watch.lastStats }),
    ...(watch.ringCounters === undefined ? {} : { ring: watch.ringCounters }),
  };
}

function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new CodedError('DATA_FOLDER', `could not make ${folder}`, { folder }, { cause: error });
  }
}
