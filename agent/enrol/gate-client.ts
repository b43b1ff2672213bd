import { randomBytes, X509Certificate } from 'node:crypto';
import { request } from 'node:http';
import { isIP } from 'node:net';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import { Compile } from 'typebox/compile';
import { ErrorBody } from '../../protocol/api/common.js';
import { GATE_PREFIX, SignedTime, TimeAnswer } from '../../protocol/api/gate.js';
import { ERROR_CODES, type ErrorCode } from '../../protocol/base/error-codes.js';
import { CodedError } from '../../protocol/base/errors.js';
import { fingerprintOfAuthority } from '../../protocol/enrolment-code.js';
import { openSigned } from '../../protocol/signed.js';
import { checkServer, isValidAt, signerKey } from './trust.js';
import type { TrustedTime } from './trusted-time.js';

/** Whom we expect at the other end: the authority itself, or of what an enrolment code says of it. */
export type Expected = { readonly authority: string } | { readonly fingerprint: string };

export interface GateTarget {
  /** https://host[:port] */
  readonly url: string;
  readonly expected: Expected;
  readonly time: TrustedTime;
  /** Of the box, PEM. */
  readonly key?: string;
  readonly certificate?: string;
  /** Ends what is under way. */
  readonly signal?: AbortSignal | undefined;
}

export interface Door {
  readonly host: string;
  readonly port: number;
  readonly key?: string | undefined;
  readonly certificate?: string | undefined;
  /** Of key and certificate, made before: what it costs is a third of a handshake. */
  readonly context?: SecureContext | undefined;
}

const ANSWER_MS_MAX = 20_000;
const ANSWER_BYTES_MAX = 64 * 1024;
const SIGNED_BYTES_MAX = 4_096;
const GATE_PORT = 8443;

const checkError = Compile(ErrorBody);
const checkTime = Compile(TimeAnswer);
const checkSigned = Compile(SignedTime);

/** Opens TLS 1.3 without judging anything: that is for `trusted`, which has to follow. */
export function openTls(
  { host, port, key, certificate, context }: Door,
  msMax: number,
  signal?: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new Error('stopped'));
    const socket = connect({
      ...{ host, port, minVersion: 'TLSv1.3', rejectUnauthorized: false },
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(context === undefined ? { key, cert: certificate } : { secureContext: context }),
    });
    const onAbort = (): void => void socket.destroy(new Error('stopped'));
    signal?.addEventListener('abort', onAbort, { once: true });
    socket.once('close', () => signal?.removeEventListener('abort', onAbort));
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => fail(new Error(`no answer within ${msMax} ms`)), msMax);
    const onClose = (): void => fail(new Error('the connection was closed'));
    socket.once('close', onClose);
    // Stays: what comes between here and the next owner's listener would end the process.
    socket.on('error', fail);
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      socket.off('close', onClose);
      resolve(socket);
    });
  });
}

/**
 * A connection to a server that has proven to be the expected one.
 * @param askTime is called when its certificate is not valid by what we take for the time
 * @throws an Error that says what is wrong
 */
export async function openTrusted(
  door: Door,
  expected: Expected,
  time: TrustedTime,
  msMax: number,
  askTime?: () => Promise<void>,
  signal?: AbortSignal,
): Promise<{ socket: TLSSocket; authority: X509Certificate }> {
  const socket = await openTls(door, msMax, signal);
  try {
    const leaf = socket.getPeerX509Certificate();
    if (leaf === undefined) throw new Error('the server shows no certificate');
    const authority = authorityOf(leaf, expected);
    checkServer(leaf, authority, door.host);
    if (askTime !== undefined && !isValidAt(leaf, time.now())) {
      await askTime();
      if (!isValidAt(leaf, time.now()))
        throw new Error(`the certificate of the server is valid from ${leaf.validFrom} to ${leaf.validTo} only`);
    }
    return { socket, authority };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function authorityOf(leaf: X509Certificate, expected: Expected): X509Certificate {
  if ('authority' in expected) return new X509Certificate(expected.authority);
  let certificate = leaf;
  // The last one of the chain is its own issuer, or has none.
  for (let depth = 0; depth < 4; depth++) {
    const issuer = certificate.issuerCertificate;
    if (issuer === undefined || issuer.fingerprint256 === certificate.fingerprint256) break;
    certificate = issuer;
  }
  if (fingerprintOfAuthority(certificate.raw) === expected.fingerprint) return new X509Certificate(certificate.raw);
  throw new CodedError(
    'ENROL_REFUSED',
    'the authority is not the one that the code names: another computer answered in place of the collector',
  );
}

/**
 * Asks the gate. The server has proven who it is before anything is sent.
 * @returns the answer's body and the authority that stands behind the server
 * @throws PUBLISH_UNREACHABLE, ENROL_REFUSED, or the code that the collector answers with
 */
export async function askGate(
  target: GateTarget,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<{ body: unknown; authority: X509Certificate }> {
  return ask(target, method, path, body, () => learnTime(target));
}

/**
 * Has the collector sign the time: neither its certificate's dates nor our clock matter for that, since the answer is
 * for this question alone. @returns the signer's certificate, of the authority
 * @throws PUBLISH_UNREACHABLE, ENROL_REFUSED
 */
export async function learnTime(target: GateTarget): Promise<void> {
  await learnTimeAndSigner(target);
}

export async function learnTimeAndSigner(target: GateTarget): Promise<string> {
  const nonce = randomBytes(24).toString('base64url');
  const startMs = performance.now();
  const { body, authority } = await ask(target, 'POST', '/time', { nonce });
  if (!checkTime.Check(body)) throw notUnderstood(target);
  const key = signerKey(body.signer, authority.toString());
  const signed = openSigned('time', Buffer.from(body.signed), SIGNED_BYTES_MAX, key);
  if (!checkSigned.Check(signed) || signed.nonce !== nonce) throw notUnderstood(target);
  target.time.learn(signed.now + (performance.now() - startMs) / 2);
  return body.signer;
}

async function ask(
  target: GateTarget,
  method: 'GET' | 'POST',
  path: string,
  body: object | undefined,
  askTime?: () => Promise<void>,
): Promise<{ body: unknown; authority: X509Certificate }> {
  const door = { ...placeOf(target.url), key: target.key, certificate: target.certificate };
  try {
    const { expected, time, signal } = target;
    const { socket, authority } = await openTrusted(door, expected, time, ANSWER_MS_MAX, askTime, signal);
    try {
      const { status, text } = await exchange(socket, door, method, path, body);
      return { body: bodyOf(target.url, status, text), authority };
    } finally {
      socket.destroy();
    }
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const { url } = target;
    throw new CodedError('PUBLISH_UNREACHABLE', `no answer from ${url}`, { url }, { cause: error });
  }
}

/** For identities from before the gate: on the broker's machine. */
export function gateBeside(mqttUrl: string): string {
  return `https://${new URL(mqttUrl).hostname}`;
}

/** Where a gate is. `URL` leaves out the port 443 when it is named; without any it is that of a gate. */
export function placeOf(url: string): { host: string; port: number } {
  const named = /^https:\/\/[^/]*:(\d{1,5})(\/|$)/i.exec(url)?.[1];
  return {
    host: new URL(url).hostname.replace(/^\[|\]$/g, ''),
    port: named === undefined ? GATE_PORT : Number(named),
  };
}

function exchange(
  socket: TLSSocket,
  { host, port }: { host: string; port: number },
  method: string,
  path: string,
  body: object | undefined,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const content = body === undefined ? '' : JSON.stringify(body);
    const headers =
      body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) };
    const call = request({
      ...{ host, port, method, path: `${GATE_PREFIX}${path}`, headers },
      createConnection: () => socket,
    });
    const timer = setTimeout(() => call.destroy(new Error(`no answer within ${ANSWER_MS_MAX} ms`)), ANSWER_MS_MAX);
    call.once('close', () => clearTimeout(timer));
    call.on('error', reject);
    call.on('response', (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        if (bytes > ANSWER_BYTES_MAX) call.destroy(new Error('the answer is too large'));
        else parts.push(part);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
      );
    });
    call.end(content);
  });
}

/** What the collector says is shown, shortened: it may be anybody. @throws the refusal */
export function bodyOf(url: string, status: number, text: string): unknown {
  const body = parseJson(text);
  if (status === 200 || status === 201) return body;
  const said = checkError.Check(body) ? body : undefined;
  const message = `${url}: ${said?.message.slice(0, 200) ?? `status ${status}`}`;
  const code = said !== undefined && said.code in ERROR_CODES ? (said.code as ErrorCode) : 'ENROL_REFUSED';
  throw new CodedError(code, message, { status });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notUnderstood({ url }: GateTarget): CodedError {
  return new CodedError('ENROL_REFUSED', `${url} gave an answer that is not understood`);
}
