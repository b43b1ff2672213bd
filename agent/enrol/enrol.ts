import { X509Certificate } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { EnrolAnswer } from '../../protocol/api/fleet.js';
import { CodedError } from '../../protocol/base/errors.js';
import { isoMillis, systemClock } from '../../protocol/base/time.js';
import { fingerprintOfAuthority, parseEnrolmentCode } from '../../protocol/enrolment-code.js';
import { isSegment } from '../../protocol/topics.js';
import { askGate, bodyOf } from './gate-client.js';
import { identityFolder, isEnrolled, type StoredIdentity, writeIdentity } from './identity.js';
import { makeKey } from './key-request.js';
import { checkOwn, signerKey } from './trust.js';
import { floorFile, TrustedTime } from './trusted-time.js';

export { isEnrolled, isKeyExposed, readIdentity, type StoredIdentity } from './identity.js';

export interface EnrolOptions {
  /** `https://host[:port]` of the collector's gate; `http://` of its API only on this machine itself. */
  readonly collector: string;
  readonly code: string;
  readonly dataFolder: string;
  /** Replaces an identity that exists. */
  readonly force: boolean;
  readonly nowMs: number;
}

const ANSWER_MS_MAX = 20_000;
const ANSWER_BYTES_MAX = 64 * 1024;
const checkAnswer = Compile(EnrolAnswer);

/**
 * Makes a key on the box, has the collector certify it, and keeps both. The key never leaves the box; the code is sent
 * only to a server behind which the authority stands whose fingerprint is part of the code.
 * @throws USAGE, ENROL_CODE_INVALID, ENROL_REFUSED, PUBLISH_UNREACHABLE, DATA_FOLDER
 */
export async function enrol(options: EnrolOptions): Promise<StoredIdentity> {
  const code = parseEnrolmentCode(options.code);
  if (code === undefined) throw new CodedError('ENROL_CODE_INVALID', 'the code has a typing error; nothing was sent');
  if (isEnrolled(options.dataFolder) && !options.force)
    throw new CodedError(
      'USAGE',
      `this box is enrolled already (${options.dataFolder}); --force replaces its identity`,
    );
  const url = addressOf(options.collector);
  const isPlain = url.startsWith('http:');
  const { key, csr } = await makeKey();
  const clock = { now: () => options.nowMs, monotonic: () => systemClock.monotonic() };
  const time = new TrustedTime(clock, floorFile(identityFolder(options.dataFolder)));
  const question = { code: options.code.trim(), csr };
  const answer = checked(
    url,
    isPlain
      ? await askPlain(url, question)
      : (await askGate({ url, expected: { fingerprint: code.caFingerprint }, time }, 'POST', '/enrol', question)).body,
  );
  checkAuthority(answer, code.caFingerprint);
  checkOwn(answer.certificate, key, answer.authority);
  signerKey(answer.signer, answer.authority);
  const identity = { ...answer, collectorUrl: options.collector, enrolled: isoMillis(time.now()), key };
  writeIdentity(options.dataFolder, identity);
  time.raiseFloor(Date.parse(answer.issued));
  return identity;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function addressOf(collector: string): string {
  const base = URL.canParse(collector) ? new URL(collector) : undefined;
  if (base?.protocol !== 'https:' && base?.protocol !== 'http:')
    throw new CodedError('USAGE', `--collector ${collector} is not an https address`);
  if (base.protocol === 'http:' && !LOOPBACK.test(base.hostname))
    throw new CodedError('USAGE', `--collector ${collector}: without TLS only this machine itself may be asked`);
  return collector.trim().replace(/\/+$/, '');
}

/** The answer, when it is one: what is not part of it is left out. @throws ENROL_REFUSED */
export function checked(url: string, body: unknown): EnrolAnswer {
  if (!checkAnswer.Check(body) || !isSegment(body.site) || !isSegment(body.agent))
    throw new CodedError('ENROL_REFUSED', `${url} gave an answer that is not understood`);
  const { site, agent, certificate, authority, signer, issued, mqttUrl, gateUrl } = body;
  return { site, agent, certificate, authority, signer, issued, mqttUrl, gateUrl };
}

/** Without TLS: to this machine itself. */
async function askPlain(url: string, question: object): Promise<unknown> {
  const address = new URL('/api/v1/enrol', url);
  let status: number;
  let text: string;
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question),
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    status = response.status;
    text = await readBounded(response);
  } catch (error) {
    throw new CodedError('PUBLISH_UNREACHABLE', `no answer from ${url}`, { url: address.href }, { cause: error });
  }
  return bodyOf(url, status, text);
}

async function readBounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error('the answer is too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function checkAuthority(answer: EnrolAnswer, expected: string): void {
  let fingerprint: string;
  try {
    fingerprint = fingerprintOfAuthority(new X509Certificate(answer.authority).raw);
  } catch (error) {
    throw new CodedError('ENROL_REFUSED', 'the collector sent no usable authority', {}, { cause: error });
  }
  if (fingerprint === expected) return;
  const message =
    'the authority is not the one that the code names: another computer answered in place of the collector';
  throw new CodedError('ENROL_REFUSED', message, { expected, fingerprint });
}
