import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { accessSync, constants, readFileSync, statfsSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describeError } from '../protocol/base/errors.js';
import type { AgentConfig } from './config.js';
import { gateBeside, placeOf } from './enrol/gate-client.js';
import { isKeyExposed, readIdentity } from './enrol/identity.js';
import { isPingThere, secretNamesOf } from './poll/poll.js';
import { Secrets } from './secrets/secrets.js';
import { adviceOnSyslog } from './syslog/syslog.js';

export interface Finding {
  readonly isGood: boolean;
  readonly text: string;
}

const CONNECT_MS_MAX = 5_000;
const CAP_NET_RAW_BIT = 13n;
const MIB = 2 ** 20;

/** Looks at everything an agent needs, in plain words. Never throws. */
export async function examine(config: AgentConfig, nowMs: number): Promise<Finding[]> {
  const checks: [string, () => string | Promise<string>][] = [
    ['data folder', () => checkFolder(config)],
    ['free disk', () => checkDisk(config)],
    ['identity', () => checkIdentity(config, nowMs)],
    ['collector', () => checkCollector(config)],
    ['gate', () => checkGate(config)],
    ['interface', () => checkInterface(config)],
    ['privilege', () => checkPrivilege(config)],
    ['messages', () => checkSyslog(config)],
    ...(config.poll.targets.length === 0 ? [] : [['targets', () => checkTargets(config)] as [string, () => string]]),
  ];
  const findings: Finding[] = [{ isGood: true, text: 'configuration: correct' }];
  for (const [name, check] of checks) {
    try {
      findings.push({ isGood: true, text: `${name}: ${await check()}` });
    } catch (error) {
      findings.push({ isGood: false, text: `${name}: ${describeError(error)}` });
    }
  }
  return findings;
}

function checkFolder({ data }: AgentConfig): string {
  accessSync(data, constants.R_OK | constants.W_OK | constants.X_OK);
  return `${data} can be written`;
}

function checkDisk({ data, spool }: AgentConfig): string {
  const disk = statfsSync(data);
  const freeBytes = disk.bavail * disk.bsize;
  const text = `${Math.floor(freeBytes / MIB)} MiB free, the spool may take ${Math.floor(spool.bytesMax / MIB)} MiB`;
  if (freeBytes < spool.bytesMax) throw new Error(`${text}. Free some space or lower spool.bytesMax`);
  return text;
}

function checkIdentity({ data }: AgentConfig, nowMs: number): string {
  const identity = readIdentity(data);
  if (isKeyExposed(data)) throw new Error('others can read the key: chmod 600 identity/key.pem');
  const { validTo } = new X509Certificate(identity.certificate);
  if (Date.parse(validTo) < nowMs)
    throw new Error(
      `the certificate expired on ${validTo}; the running agent renews it when the collector can be reached`,
    );
  return `${identity.agent} of site ${identity.site}, certificate until ${validTo}`;
}

async function checkCollector(config: AgentConfig): Promise<string> {
  const text = config.publish.url ?? readIdentity(config.data).mqttUrl;
  const { hostname, port, protocol } = new URL(text);
  const host = hostname.replace(/^\[|\]$/g, '');
  await reach(host, Number(port) || (protocol === 'mqtts:' ? 8883 : 1883), text);
  return `${text} answers`;
}

/** Where certificates are renewed. */
async function checkGate({ data }: AgentConfig): Promise<string> {
  const { gateUrl, mqttUrl } = readIdentity(data);
  const text = gateUrl ?? gateBeside(mqttUrl);
  const { host, port } = placeOf(text);
  await reach(host, port, text);
  return `${text} answers`;
}

function reach(host: string, port: number, text: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port });
    socket.setTimeout(CONNECT_MS_MAX, () => socket.destroy(new Error(`no answer from ${text}`)));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
  });
}

function checkInterface({ sensor }: AgentConfig): string {
  if (sensor.recording !== undefined) {
    accessSync(sensor.recording.path, constants.R_OK);
    return `reads the recording ${sensor.recording.path} instead`;
  }
  const name = sensor.live.interface;
  if (name === undefined) return 'that of the default route';
  const state = readFileSync(`/sys/class/net/${name}/operstate`, 'utf8').trim();
  if (state === 'down') throw new Error(`${name} is down. There are: ${Object.keys(networkInterfaces()).join(', ')}`);
  return `${name} is ${state}`;
}

/** Capturing needs CAP_NET_RAW: as root, of this process, or of the copy of node that the sensor runs on. */
function checkPrivilege({ sensor, watch }: AgentConfig): string {
  if (sensor.recording !== undefined) return 'not needed for a recording';
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  if ((BigInt(`0x${effective}`) >> CAP_NET_RAW_BIT) & 1n) return 'this user may capture';
  const granted =
    watch.executable === undefined ? '' : execFileSync('getcap', [watch.executable], { encoding: 'utf8' });
  if (granted.includes('cap_net_raw')) return `${watch.executable} may capture`;
  throw new Error('the sensor may not capture. Run scripts/up once as root; it prepares the sensor');
}

function checkSyslog({ syslog }: AgentConfig): string {
  const { text, advice } = adviceOnSyslog(syslog);
  if (advice.length > 0) throw new Error(`${text}. ${advice.join('. ')}`);
  return text;
}

/** What the targets need on this box; whether they answer is in `status`. */
function checkTargets({ data, poll: { targets } }: AgentConfig): string {
  const secrets = new Secrets(data);
  for (const name of secretNamesOf(targets))
    if (secrets.get(name) === undefined)
      throw new Error(`the secret ${name} is missing: hinomi-agent secret set ${name} < FILE`);
  if (targets.some(({ icmp }) => icmp !== undefined) && !isPingThere())
    throw new Error('the program ping is missing: apt-get install iputils-ping');
  return `${targets.length}, with all that they need`;
}
