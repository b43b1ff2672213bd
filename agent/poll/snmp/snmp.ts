import type { RemoteInfo } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Session } from 'net-snmp';
import { CodedError } from '../../../protocol/base/errors.js';
import { plain } from '../probes/connect.js';
import { type Reason, reasonOf } from '../reasons.js';
import { bad, type Facts, type Probe, type ProbeDeps, type ProbeResult, unable } from '../result.js';
import { isAsSafe } from './authentic.js';
import { Conversation, SnmpFailure } from './conversation.js';
import { openSession, reasonOfSnmp, type SnmpTarget } from './session.js';
import { type DeviceTable, Findings, readScalars, type Trouble } from './table.js';
import { readInterfaces } from './tables/interfaces.js';
import { readSystem, SYSTEM, ticksOf } from './tables/system.js';
import { tablesFor } from './tables.js';

const TROUBLES_MAX = 16;

/** What a device tells of itself by SNMP. */
export const probeSnmp: Probe = async ({ snmp, timeoutMs }, signal, deps) => {
  if (snmp === undefined) return bad('failed');
  const startedMs = deps.clock.monotonic();
  let session: Session | undefined;
  let facts: Facts = {};
  const timesMs: number[] = [];
  try {
    const address = await addressOf(snmp.host);
    facts = { 'host.ip': [plain(address)], 'hinomi.endpoint.address': `${snmp.host}:${snmp.port}` };
    session = openSession(snmp, address, timeoutMs, deps.secret);
    if (session === undefined) return unable('secret-missing');
    const ended = guard(session, address, snmp, signal);
    const conversation = new Conversation(session, ended, reasonOfSnmp);
    const onAnswer = (): void => void timesMs.push(deps.clock.monotonic() - startedMs);
    return withFacts(await ask(conversation, snmp, deps, onAnswer), facts, timesMs);
  } catch (error) {
    if (error instanceof CodedError) return unable('secret-locked');
    const reason = error instanceof SnmpFailure ? error.reason : reasonOf(error, signal);
    return { ...bad(signal.aborted ? 'timeout' : reason, facts), ...(timesMs.length > 0 ? { timesMs } : {}) };
  } finally {
    session?.close();
  }
};

async function addressOf(host: string): Promise<string> {
  return isIP(host.replace(/%.*$/, '')) === 0 ? (await lookup(host)).address : host;
}

/**
 * Takes the place of the library's own listeners: datagrams of others are passed over, and what the library throws at
 * one ends this probe and not the agent. @returns what rejects when the probe has to end
 */
function guard(session: Session, address: string, target: SnmpTarget, signal: AbortSignal): Promise<never> {
  const { version, authSecret, privacySecret } = target;
  const isBelievable = (bytes: Buffer): boolean =>
    version !== '3' || authSecret === undefined || isAsSafe(bytes, privacySecret !== undefined);
  const ended = new Promise<never>((_, reject) => {
    const end = (reason: Reason): void => reject(new SnmpFailure(reason));
    signal.addEventListener('abort', () => end('timeout'), { once: true });
    if (signal.aborted) end('timeout');
    session.on('error', () => end('malformed'));
    session.dgram.removeAllListeners('error').on('error', (error) => end(reasonOfSnmp(error)));
    session.dgram.removeAllListeners('message').on('message', (bytes: Buffer, from: RemoteInfo) => {
      if (plain(from.address) !== plain(address) || !isBelievable(bytes)) return;
      try {
        session.onMsg(bytes);
      } catch {
        end('malformed');
      }
    });
  });
  // Whoever asks has it in a race; when nobody asks any more its end is no news.
  ended.catch(() => {});
  return ended;
}

async function ask(
  conversation: Conversation,
  target: SnmpTarget,
  { clock, rates }: ProbeDeps,
  onAnswer: () => void,
): Promise<ProbeResult> {
  const system = await conversation.get(SYSTEM);
  onAnswer();
  const findings = new Findings();
  Object.assign(findings.facts, readSystem(system));
  const isReboot = rates.begin(clock.monotonic(), ticksOf(system));
  if (isReboot) findings.facts['hinomi.endpoint.rebooted'] = true;
  await readDevice(conversation, tablesFor(target.supplyPercentMin), findings);
  await readInterfaces(conversation, target.interfacesMax, rates, findings);
  return resultOf(findings);
}

/** By its marks it is told what the device is: a NAS calls itself by the same object id as any other Linux. */
async function readDevice(
  conversation: Conversation,
  tables: readonly DeviceTable[],
  findings: Findings,
): Promise<void> {
  const marks = await conversation.get(tables.map(({ mark }) => mark));
  for (const table of tables.filter(({ mark }) => marks.has(mark))) {
    readScalars(table, await conversation.get(table.scalars.map(({ oid }) => oid)), findings);
    for (const { columns, rowsMax, read } of table.rows ?? [])
      for (const [index, row] of await conversation.rows(columns, rowsMax)) read(row, index, findings);
  }
}

function resultOf({ samples, facts, troubles }: Findings): ProbeResult {
  const [first] = troubles;
  if (first === undefined) return { outcome: 'good', reason: 'ok', samples, facts };
  const told = troubles.slice(0, TROUBLES_MAX).map(({ reason, what }: Trouble) => `${reason}: ${what}`);
  return {
    ...{ outcome: 'warn', reason: first.reason, samples },
    facts: { ...facts, 'hinomi.endpoint.troubles': told.join('; ') },
  };
}

const withFacts = (result: ProbeResult, facts: Facts, timesMs: readonly number[]): ProbeResult => ({
  ...result,
  timesMs,
  facts: { ...facts, ...result.facts },
});
