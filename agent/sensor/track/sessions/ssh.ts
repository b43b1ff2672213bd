import { u8, u32 } from '../../wire/bytes.js';
import { agreed, decodeKexInit, hassh, hostKeyFingerprint, type KexInit, shortestPacketBytes } from '../../wire/ssh.js';
import { optional } from '../optional.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

// RFC 4253 4.2: a line of at most 255 bytes; a server may say other lines before it.
const LINE_BYTES_MAX = 255;
const GREETING_BYTES_MAX = 4_096;
// RFC 4253 6: length, length of the padding, then the message.
const HEADER_BYTES = 5;
const PACKET_BYTES_MAX = 35_000;
const KEXINIT = 20;
const NEWKEYS = 21;
const KEXDH_REPLY = 31;
const KEXGEX_REPLY = 33;
/** A login is over by then, or it is none that is understood. */
const HIDDEN_PIECES_MAX = 40;

/**
 * SSH: software, what both sides can do, and of what is hidden whether a login worked, by the sizes of the server's
 * answers. Each of them waits for a request, and so comes in a segment of its own.
 */
export const SSH: Protocol = {
  name: 'ssh',
  transport: 'tcp',
  datasets: ['session'],
  recognise: (b, start, end) => {
    const text = b.toString('latin1', start, Math.min(end, start + 7));
    if (/^SSH-[12]\./.test(text)) return Verdict.Yes;
    return 'SSH-2.0'.startsWith(text) || 'SSH-1.9'.startsWith(text) ? Verdict.More : Verdict.No;
  },
  open: (conversation) => new SshSession(conversation),
};

class SshSession implements Session {
  readonly #conversation: Conversation;
  readonly #banners: [string | undefined, string | undefined] = [undefined, undefined];
  readonly #inits: [KexInit | undefined, KexInit | undefined] = [undefined, undefined];
  readonly #hasNewKeys: [boolean, boolean] = [false, false];
  #hostKey: string | undefined;
  /** Of a login's success; and the server's pieces of ciphertext so far. */
  #successBytes: number | undefined;
  #hiddenPieces = 0;
  #hasSucceeded = false;
  #startUs = 0;
  #isTold = false;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#startUs === 0) this.#startUs = timeUs;
    const at = side as 0 | 1;
    if (this.#hasNewKeys[at]) return this.#onHidden(end - start);
    let from = start;
    if (this.#banners[at] === undefined) {
      from = this.#readBanner(at, b, start, end);
      if (this.#banners[at] === undefined) return from < 0 ? DONE : from - start;
      if (/^SSH-1\.[0-8]/.test(this.#banners[at])) return DONE;
    }
    while (end - from >= HEADER_BYTES + 1) {
      const packetEnd = from + 4 + u32(b, from);
      if (packetEnd - from > PACKET_BYTES_MAX || packetEnd - from < HEADER_BYTES + 1) return DONE;
      if (packetEnd > end) break;
      this.#onMessage(at, b, from + HEADER_BYTES, packetEnd - u8(b, from + 4));
      // What this side says from here on is hidden; of the server's the sizes tell something.
      if (this.#hasNewKeys[at]) return this.#onNewKeys(at, end - start);
      from = packetEnd;
    }
    return from - start;
  }

  onEnd(): void {
    if (this.#isTold || (this.#banners[0] ?? this.#banners[1]) === undefined) return;
    this.#isTold = true;
    const [client, server] = this.#inits;
    this.#conversation.emit('session', this.#startUs, {
      'hinomi.session.version': versionOf(this.#banners),
      'hinomi.session.outcome': this.#outcome(),
      ...optional('hinomi.session.client_software', this.#banners[0]),
      ...optional('hinomi.session.server_software', this.#banners[1]),
      ...(client === undefined ? {} : { 'hinomi.session.hassh': hassh(client, false) }),
      ...(server === undefined ? {} : { 'hinomi.session.hassh_server': hassh(server, true) }),
      ...(client === undefined || server === undefined ? {} : algorithms(client, server)),
      ...optional('hinomi.session.host_key', this.#hostKey),
    });
  }

  /** What came behind the new keys in the same segment is no answer to a login. */
  #onNewKeys(side: 0 | 1, bytes: number): number {
    const [client, server] = this.#inits;
    const cipher = client && server ? agreed(client.cipherToClient, server.cipherToClient) : undefined;
    if (cipher === undefined) return this.#hasNewKeys[1 - side] ? DONE : Number.MAX_SAFE_INTEGER;
    this.#successBytes = shortestPacketBytes(cipher, agreed(client!.macToClient, server!.macToClient));
    if (this.#successBytes === undefined && this.#hasNewKeys[1 - side]) return DONE;
    return side === 0 ? Number.MAX_SAFE_INTEGER : bytes;
  }

  /** Of the server: the shortest message that there is says that the login succeeded. */
  #onHidden(bytes: number): number {
    this.#hiddenPieces += 1;
    this.#hasSucceeded = bytes === this.#successBytes;
    return this.#hasSucceeded || this.#hiddenPieces > HIDDEN_PIECES_MAX ? DONE : bytes;
  }

  /** One answer is that to the wish to log in; those behind it are refusals and questions. */
  #outcome(): 'success' | 'failure' | 'unknown' {
    if (this.#hasSucceeded) return 'success';
    const wasAsked = this.#hiddenPieces > 1 && this.#hiddenPieces <= HIDDEN_PIECES_MAX;
    return wasAsked && this.#successBytes !== undefined ? 'failure' : 'unknown';
  }

  /** @returns behind the line, where it stands when more is needed, -1 when there is none */
  #readBanner(side: 0 | 1, b: Buffer, start: number, end: number): number {
    for (let at = start; at < end; ) {
      const lineEnd = b.indexOf(0x0a, at);
      if (lineEnd < 0 || lineEnd >= end) return end - start > GREETING_BYTES_MAX ? -1 : at;
      const line = b.toString('utf8', at, Math.min(lineEnd, at + LINE_BYTES_MAX)).trimEnd();
      at = lineEnd + 1;
      if (!line.startsWith('SSH-')) continue;
      this.#banners[side] = line;
      return at;
    }
    return end;
  }

  #onMessage(side: 0 | 1, b: Buffer, at: number, end: number): void {
    if (at >= end) return;
    const type = u8(b, at);
    if (type === KEXINIT) this.#inits[side] ??= decodeKexInit(b, at + 1, end);
    else if (type === NEWKEYS) this.#hasNewKeys[side] = true;
    else if (side === 1 && (type === KEXDH_REPLY || type === KEXGEX_REPLY)) {
      this.#hostKey ??= hostKeyFingerprint(b, at + 1, end);
    }
  }
}

/** 1.99 is a server that can do both (RFC 4253 5.1). */
function versionOf(banners: readonly (string | undefined)[]): string {
  return banners.some((banner) => banner !== undefined && /^SSH-1\.[0-8]/.test(banner)) ? '1' : '2';
}

function algorithms(client: KexInit, server: KexInit): Record<string, unknown> {
  const details = [
    ['kex', agreed(client.kex, server.kex)],
    ['host_key', agreed(client.hostKey, server.hostKey)],
    ['mac', agreed(client.macToServer, server.macToServer)],
    ['compression', agreed(client.compressionToServer, server.compressionToServer)],
  ].filter(([, name]) => name !== undefined);
  return {
    ...optional('hinomi.session.cipher', agreed(client.cipherToServer, server.cipherToServer)),
    'hinomi.session.details': details.map(([what, name]) => `${what}=${name}`),
  };
}
