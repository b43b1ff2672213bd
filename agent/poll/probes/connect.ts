import { createConnection, type Socket } from 'node:net';
import type { Clock } from '../../../protocol/base/time.js';
import { type Reason, reasonOf } from '../reasons.js';
import { bad, type Facts, type ProbeResult } from '../result.js';

/** No first answer of the protocols that are asked is nearly as long. */
const BYTES_MAX = 4_096;

/** What the bytes so far mean: `undefined` when more have to come. */
export type Verdict = { readonly reason: Reason; readonly facts?: Facts } | undefined;

export interface Talk {
  readonly host: string;
  readonly port: number;
  /** Sent when the connection is there. Without it the connection alone is the answer. */
  readonly say?: Buffer;
  judge?(received: Buffer): Verdict;
}

/** Opens a connection, says something, judges the first bytes of the answer, and leaves nothing open. */
export function talk(wanted: Talk, signal: AbortSignal, clock: Clock): Promise<ProbeResult> {
  const startedMs = clock.monotonic();
  return new Promise((resolve) => {
    const socket = createConnection({ host: wanted.host, port: wanted.port, noDelay: true });
    const onAbort = (): void => end({ reason: 'timeout' });
    function end({ reason, facts }: { reason: Reason; facts?: Facts }): void {
      signal.removeEventListener('abort', onAbort);
      const all = { ...addressOf(socket), ...facts };
      socket.removeAllListeners('data').destroy();
      const timesMs = [clock.monotonic() - startedMs];
      resolve(reason === 'ok' ? { outcome: 'good', reason, timesMs, facts: all } : bad(reason, all));
    }
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('error', (error) => end({ reason: reasonOf(error, signal) }));
    socket.on('end', () => end({ reason: 'closed-early' }));
    socket.once('connect', () => {
      if (wanted.say === undefined) end({ reason: 'ok' });
      else socket.write(wanted.say);
    });
    collect(socket, wanted, end);
    if (signal.aborted) onAbort();
  });
}

function collect(socket: Socket, { judge }: Talk, end: (verdict: NonNullable<Verdict>) => void): void {
  let received = Buffer.alloc(0);
  socket.on('data', (piece) => {
    received = Buffer.concat([received, piece.subarray(0, BYTES_MAX - received.length)]);
    const verdict = judge?.(received) ?? (received.length >= BYTES_MAX ? { reason: 'too-large' as const } : undefined);
    if (verdict !== undefined) end(verdict);
  });
}

function addressOf({ remoteAddress, remotePort }: Socket): Facts {
  if (remoteAddress === undefined) return {};
  const address = plain(remoteAddress);
  return {
    'host.ip': [address],
    'hinomi.endpoint.address': `${address.includes(':') ? `[${address}]` : address}:${remotePort ?? ''}`,
  };
}

/** Without the zone, which means something on this box only. */
export const plain = (address: string): string => address.replace(/%.*$/, '');
