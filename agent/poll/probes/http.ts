import type { TLSSocket } from 'node:tls';
import { buildConnector, Client, type Dispatcher } from 'undici';
import { reasonOf } from '../reasons.js';
import { bad, type Facts, type Probe, type ProbeResult } from '../result.js';
import { type Certificate, certificateOf, judgeCertificate } from './certificate.js';
import { plain } from './connect.js';

const REDIRECTS_MAX = 5;
const HEADER_BYTES_MAX = 16_384;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const HEADERS = { 'user-agent': 'hinomi-agent', accept: '*/*', connection: 'close' };

type Options = NonNullable<Parameters<Probe>[0]['http']>;

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly firstByteMs: number;
  readonly facts: Facts;
  readonly certificate: Certificate | undefined;
}

/** Whether a web server answers as it should, with a certificate that will do. */
export const probeHttp: Probe = async ({ http }, signal, { clock }) => {
  if (http === undefined) return bad('failed');
  const asked: Facts = { 'url.original': withoutQuery(http.url) };
  try {
    let url = new URL(http.url);
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      const startedMs = clock.monotonic();
      const answer = await ask(url, http, signal, clock.now(), () => clock.monotonic() - startedMs);
      const next = redirectOf(answer, url);
      const trouble = answer.certificate && judgeCertificate(answer.certificate, http, clock.now());
      const facts = { ...asked, ...answer.facts };
      // Before it is followed: a redirect of somebody who is not the server leads anywhere.
      if (trouble?.outcome === 'bad') return { ...trouble, facts };
      if (next === undefined) return judge(answer, http, facts, trouble);
      url = next;
    }
    return bad('redirects-many', asked);
  } catch (error) {
    return bad(reasonOf(error, signal), asked);
  }
};

function judge(answer: Answer, { status }: Options, facts: Facts, trouble: ProbeResult | undefined): ProbeResult {
  const timesMs = [answer.firstByteMs];
  const isExpected = status.length === 0 ? answer.status < 400 : status.includes(answer.status);
  if (!isExpected) return { outcome: 'bad', reason: 'status-unexpected', timesMs, facts };
  return trouble === undefined ? { outcome: 'good', reason: 'ok', timesMs, facts } : { ...trouble, timesMs, facts };
}

/** One request over a connection of its own. The certificate is looked at, whatever it is: nothing secret is said. */
async function ask(
  url: URL,
  http: Options,
  signal: AbortSignal,
  nowMs: number,
  sinceMs: () => number,
): Promise<Answer> {
  const seen: { facts: Facts; certificate?: Certificate } = { facts: {} };
  const connect = buildConnector({ rejectUnauthorized: false, timeout: 0 });
  const client = new Client(url.origin, {
    maxHeaderSize: HEADER_BYTES_MAX,
    connect: (options, callback) =>
      connect(options, (error, socket) => {
        if (error !== null) return callback(error, null);
        seen.facts = { 'host.ip': [plain(socket.remoteAddress ?? '::')] };
        const certificate = 'encrypted' in socket ? certificateOf(socket as TLSSocket, nowMs) : undefined;
        if (certificate !== undefined) seen.certificate = certificate;
        callback(null, socket);
      }),
  });
  try {
    const response = await client.request({
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      headers: HEADERS,
      signal,
    });
    const firstByteMs = sinceMs();
    await readSome(response, http.bodyBytesMax);
    return {
      ...{ status: response.statusCode, firstByteMs, certificate: seen.certificate },
      location: typeof response.headers['location'] === 'string' ? response.headers['location'] : undefined,
      facts: { ...seen.facts, ...seen.certificate?.facts, 'http.response.status_code': response.statusCode },
    };
  } finally {
    await client.destroy();
  }
}

/** A server that answers and then breaks off is told apart from one that is well; how long its page is does not matter. */
async function readSome({ body }: Dispatcher.ResponseData, bytesMax: number): Promise<void> {
  let bytes = 0;
  for await (const piece of body) {
    bytes += (piece as Buffer).length;
    if (bytes >= bytesMax) break;
  }
}

/** Only on the same host, and never from TLS to plain text. Elsewhere it is an answer like any other. */
function redirectOf({ status, location }: Answer, from: URL): URL | undefined {
  if (!REDIRECTS.has(status) || location === undefined) return undefined;
  if (!URL.canParse(location, from)) return undefined;
  const to = new URL(location, from);
  const isWeb = to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
  return isWeb && to.hostname === from.hostname && to.username === '' ? to : undefined;
}

/** What stands behind the question mark may be somebody's token. */
const withoutQuery = (url: string): string => url.replace(/[?#].*$/, '');
