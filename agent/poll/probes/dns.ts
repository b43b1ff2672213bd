import { Resolver } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import { type Reason, reasonOf } from '../reasons.js';
import { bad, type Facts, type Probe, type ProbeResult } from '../result.js';

const ANSWERS_MAX = 32;
const ANSWER_CHARACTERS_MAX = 255;

const REASON_OF: Readonly<Record<string, Reason>> = {
  ENOTFOUND: 'no-such-name',
  ENODATA: 'no-such-name',
  ESERVFAIL: 'server-failed',
  EREFUSED: 'server-failed',
  ENOTIMP: 'server-failed',
  EFORMERR: 'server-failed',
  EBADRESP: 'malformed',
  ETIMEOUT: 'timeout',
  ECANCELLED: 'timeout',
};

/** Whether a DNS server answers a question, by Node's own resolver with that server alone and one attempt. */
export const probeDns: Probe = async ({ dns, timeoutMs }, signal, { clock }) => {
  if (dns === undefined || isIP(dns.server) === 0) return bad('failed');
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
  const place = `${isIPv6(dns.server) ? `[${dns.server}]` : dns.server}:${dns.port}`;
  const facts: Facts = { 'host.ip': [dns.server], 'hinomi.endpoint.address': place };
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const startedMs = clock.monotonic();
  try {
    resolver.setServers([place]);
    const answers = textsOf(await resolver.resolve(dns.name, dns.type));
    return judge(answers, dns.expect, clock.monotonic() - startedMs, facts);
  } catch (error) {
    const reason = REASON_OF[(error as { code?: string }).code ?? ''] ?? reasonOf(error, signal);
    return bad(signal.aborted ? 'timeout' : reason, facts);
  } finally {
    signal.removeEventListener('abort', cancel);
    resolver.cancel();
  }
};

function judge(answers: string[], expect: readonly string[], ms: number, facts: Facts): ProbeResult {
  const all = { ...facts, 'hinomi.endpoint.answers': answers.join(' ') };
  const wanted = new Set(expect.map(plainName));
  const isWanted = expect.length === 0 || answers.some((answer) => wanted.has(plainName(answer)));
  return isWanted
    ? { outcome: 'good', reason: 'ok', timesMs: [ms], facts: all }
    : { outcome: 'warn', reason: 'answer-unexpected', timesMs: [ms], facts: all };
}

const plainName = (text: string): string => text.toLowerCase().replace(/\.$/, '');

function textsOf(answers: unknown): string[] {
  if (!Array.isArray(answers)) return [];
  return answers.slice(0, ANSWERS_MAX).map((answer: unknown) => textOf(answer).slice(0, ANSWER_CHARACTERS_MAX));
}

function textOf(answer: unknown): string {
  if (typeof answer === 'string') return answer;
  if (Array.isArray(answer)) return answer.join('');
  const { priority, exchange } = answer as { priority?: number; exchange?: string };
  return exchange === undefined ? JSON.stringify(answer) : `${priority ?? 0} ${exchange}`;
}
