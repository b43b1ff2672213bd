import { type Static, Type } from 'typebox';
import { loadConfig } from '../protocol/base/config.js';
import { CodedError, describeError } from '../protocol/base/errors.js';
import { LOG_LEVELS } from '../protocol/base/log.js';
import { RenewalConfig } from './enrol/renewal.js';
import { CanaryConfig } from './health/canary.js';
import { HealthConfig } from './health/health.js';
import { checkTargets, PollConfig } from './poll/poll.js';
import { PublishConfig } from './publish/publisher.js';
import { PolicyConfig, RemoteConfig } from './remote/remote.js';
import { SensorConfig } from './sensor/config.js';
import { parseFilter } from './sensor/filter/parse.js';
import { SpoolConfig } from './spool/spool.js';
import { flawOfSyslog, SyslogConfig } from './syslog/syslog.js';
import { type RingConfig, WatchConfig } from './watch/config.js';

export const AgentConfig = Type.Object(
  {
    data: Type.String({ default: 'var/agent', minLength: 1, description: 'Folder for identity, spool and status.' }),
    logLevel: Type.Enum([...LOG_LEVELS], { default: 'info' }),
    spool: SpoolConfig,
    publish: PublishConfig,
    renewal: RenewalConfig,
    health: HealthConfig,
    canary: CanaryConfig,
    remote: RemoteConfig,
    policy: PolicyConfig,
    syslog: SyslogConfig,
    poll: PollConfig,
    watch: Type.Object(WatchConfig.properties, { additionalProperties: false, default: {} }),
    sensor: Type.Object(SensorConfig.properties, { additionalProperties: false, default: {} }),
  },
  { additionalProperties: false },
);
export type AgentConfig = Static<typeof AgentConfig>;

export interface AgentOptions {
  readonly config?: string;
  readonly data?: string;
  readonly interface?: string;
  readonly replay?: string;
  readonly loop?: boolean;
  readonly paced?: boolean;
  readonly sensorExecutable?: string;
}

/**
 * File, what came from afar, and command line, each over the ones before.
 * @param remote settings that were checked to be such as may come from afar
 * @throws CONFIG_UNREADABLE, CONFIG_INVALID, USAGE
 */
export function loadAgentConfig(options: AgentOptions, remote?: Readonly<Record<string, unknown>>): AgentConfig {
  if (options.interface !== undefined && options.replay !== undefined)
    throw new CodedError('USAGE', '--interface and --replay exclude each other');
  if (options.replay === undefined && (options.loop || options.paced))
    throw new CodedError('USAGE', '--loop and --paced need --replay');
  const config = loadConfig(AgentConfig, {
    file: options.config,
    remote,
    overrides: {
      ...(options.data === undefined ? {} : { data: options.data }),
      ...(options.interface === undefined ? {} : { sensor: { live: { interface: options.interface } } }),
      ...(options.sensorExecutable === undefined ? {} : { watch: { executable: options.sensorExecutable } }),
      ...(options.replay === undefined ? {} : { sensor: { recording: recordingOf(options.replay, options) } }),
    },
  });
  checkRing(config.watch.ring);
  checkSyslog(config.syslog);
  checkTargets(config.poll.targets);
  return config;
}

/** Said at the start: the sensor would go on without the ring, and who looks for packets later would find none. */
function checkRing(ring: RingConfig | undefined): void {
  if (ring === undefined) return;
  try {
    parseFilter(ring.filter);
  } catch (error) {
    throw new CodedError('CONFIG_INVALID', `watch.ring.filter: ${describeError(error)}`);
  }
}

function checkSyslog(config: SyslogConfig): void {
  const flaw = flawOfSyslog(config);
  if (flaw !== undefined) throw new CodedError('CONFIG_INVALID', `syslog: ${flaw}`);
}

function recordingOf(path: string, options: AgentOptions): object {
  return { path, loop: options.loop ?? false, speed: options.paced ? 1 : 0 };
}
