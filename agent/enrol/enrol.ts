import 'reflect-metadata';
import { createPrivateKey, KeyObject, X509Certificate as NodeCertificate, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { Compile } from 'typebox/compile';
import { ErrorBody } from '../../protocol/api/common.js';
import { EnrolAnswer } from '../../protocol/api/fleet.js';
import { CodedError } from '../../protocol/base/errors.js';
import { isoMillis } from '../../protocol/base/time.js';
import { fingerprintOfAuthority, parseEnrolmentCode } from '../../protocol/enrolment-code.js';
import { isSegment } from '../../protocol/topics.js';
import { isEnrolled, type StoredIdentity, writeIdentity } from './identity.js';

export { isEnrolled, isKeyExposed, readIdentity, type StoredIdentity } from './identity.js';

export interface EnrolOptions {
  /** `https://host[:port]` of the collector's API. */
  readonly collector: string;
  readonly code: string;
  readonly dataFolder: string;
  /** Replaces an identity that exists. */
  readonly force: boolean;
  readonly nowMs: number;
}

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const ANSWER_MS_MAX = 20_000;
const ANSWER_BYTES_MAX = 64 * 1024;
const checkError = Compile(ErrorBody);
const checkAnswer = Compile(EnrolAnswer);

/**
 * Makes a key on the box, has the collector certify it, and keeps both. The key never leaves the box; the collector
 * is believed only when its authority has the fingerprint that is part of the code.
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
  const url = endpointOf(options.collector);
  const { key, csr } = await makeKey();
  const answer = await request(url, options.code, csr);
  checkAuthority(answer, code.caFingerprint);
  checkCertificate(answer, key);
  const { site, agent, mqttUrl, certificate, authority } = answer;
  const enrolled = isoMillis(options.nowMs);
  const identity = { site, agent, mqttUrl, collectorUrl: options.collector, enrolled, key, certificate, authority };
  writeIdentity(options.dataFolder, identity);
  return identity;
}

function endpointOf(collector: string): URL {
  const base = URL.canParse(collector) ? new URL(collector) : undefined;
  if (base?.protocol !== 'https:' && base?.protocol !== 'http:')
    throw new CodedError('USAGE', `--collector ${collector} is not an http(s) address`);
  return new URL('/api/v1/enrol', base);
}

async function makeKey(): Promise<{ key: string; csr: string }> {
  const keys = (await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: 'CN=hinomi-agent', keys: keys as CryptoKeyPair, signingAlgorithm: P256 },
    webcrypto as Crypto,
  );
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' });
  return { key: String(key), csr: request.toString('pem') };
}

async function request(url: URL, code: string, csr: string): Promise<EnrolAnswer> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: code.trim(), csr }),
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    status = response.status;
    text = await readBounded(response);
  } catch (error) {
    throw new CodedError('PUBLISH_UNREACHABLE', `no answer from ${url.origin}`, { url: url.href }, { cause: error });
  }
  const body = parseJson(text);
  if (status === 200 || status === 201) {
    if (checkAnswer.Check(body) && isSegment(body.site) && isSegment(body.agent)) return body as EnrolAnswer;
    throw new CodedError('ENROL_REFUSED', `${url.origin} gave an answer that is not understood`);
  }
  throw refusalOf(url, status, body);
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the collector says is shown, shortened: it may be anybody. */
function refusalOf(url: URL, status: number, body: unknown): CodedError {
  const said = checkError.Check(body) ? body : undefined;
  const message = `${url.origin}: ${said?.message.slice(0, 200) ?? `status ${status}`}`;
  const isCode = said?.code === 'ENROL_CODE_INVALID';
  return new CodedError(isCode ? 'ENROL_CODE_INVALID' : 'ENROL_REFUSED', message, { status });
}

function checkAuthority(answer: EnrolAnswer, expected: string): void {
  let fingerprint: string;
  try {
    fingerprint = fingerprintOfAuthority(new NodeCertificate(answer.authority).raw);
  } catch (error) {
    throw new CodedError('ENROL_REFUSED', 'the collector sent no usable authority', {}, { cause: error });
  }
  if (fingerprint === expected) return;
  const message =
    'the authority is not the one that the code names: another computer answered in place of the collector';
  throw new CodedError('ENROL_REFUSED', message, { expected, fingerprint });
}

/** The certificate has to be for the key that was just made, by that authority. */
function checkCertificate(answer: EnrolAnswer, keyPem: string): void {
  try {
    const certificate = new NodeCertificate(answer.certificate);
    const authority = new NodeCertificate(answer.authority);
    if (!certificate.checkPrivateKey(createPrivateKey(keyPem))) throw new Error('it is for another key');
    if (!certificate.verify(authority.publicKey)) throw new Error('it is not signed by the authority');
  } catch (error) {
    throw new CodedError('ENROL_REFUSED', 'the certificate cannot be used', {}, { cause: error });
  }
}
