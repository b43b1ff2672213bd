import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext } from 'node:tls';
import { openTrusted } from './gate-client.js';
import type { TrustedTime } from './trusted-time.js';

const MQTTS_PORT = 8883;

/** A certificate, its key, and the authority of both ends: PEM. */
export interface Papers {
  readonly key: string;
  readonly certificate: string;
  readonly authority: string;
}

/** By the papers that they are made of, which are others when they were renewed. */
const contexts = new WeakMap<Papers, SecureContext>();

function contextOf(papers: Papers): SecureContext {
  let context = contexts.get(papers);
  if (context === undefined) {
    context = createSecureContext({ key: papers.key, cert: papers.certificate, minVersion: 'TLSv1.3' });
    contexts.set(papers, context);
  }
  return context;
}

/**
 * A connection to the broker at an mqtts address that has proven to be of our collector.
 * @param askTime is called when the server's certificate is not valid by what we take for the time
 */
export async function dialBroker(
  url: string,
  papers: Papers,
  time: TrustedTime,
  msMax: number,
  askTime: () => Promise<void>,
  signal?: AbortSignal,
): Promise<Duplex> {
  const { hostname, port } = new URL(url);
  const door = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || MQTTS_PORT, context: contextOf(papers) };
  // Stopping ends the dialling, not what came of it: the box still has to say goodbye.
  const dialling = new AbortController();
  const stop = (): void => dialling.abort();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return (await openTrusted(door, { authority: papers.authority }, time, msMax, askTime, dialling.signal)).socket;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
