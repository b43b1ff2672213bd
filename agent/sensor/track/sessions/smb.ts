import { u8, u16, u32 } from '../../wire/bytes.js';
import { NetbiosKind, netbiosNames, netbiosRefusal } from '../../wire/netbios-session.js';
import { SMB1_HEADER_BYTES } from '../../wire/smb1.js';
import { SMB2_HEADER_BYTES } from '../../wire/smb2.js';
import { Resync } from '../resync.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';
import { SmbFacts } from '../smb/facts.js';
import { SmbFiles } from '../smb/files.js';
import { SmbLogins } from '../smb/logins.js';
import { Smb1Messages } from '../smb/smb1.js';
import { Smb2Messages } from '../smb/smb2.js';

// [MS-SMB2] 2.1 and RFC 1002 4.3.1: a kind and three bytes of length in front of each message.
const FRAME_BYTES = 4;
const SMB1 = 0xff534d42;
const SMB2 = 0xfe534d42;
const ENCRYPTED = 0xfd534d42;
const COMPRESSED = 0xfc534d42;
/** A message that is read has to be there whole; of a larger one the head is enough. */
const READ_BYTES_MAX = 2 ** 16;
/** RFC 1002 4.3.2: two names of 34 bytes. */
const REQUEST_BYTES = 68;

const isSmb = (word: number): boolean => word === SMB1 || word === SMB2 || word === ENCRYPTED || word === COMPRESSED;

/** SMB over TCP, with NetBIOS in front or without: who logs in, which shares, files and pipes. Contents are passed over. */
export const SMB: Protocol = {
  name: 'smb',
  transport: 'tcp',
  datasets: ['session'],
  recognise: (b, start, end, _fromPort, toPort) => {
    const kind = u8(b, start);
    const isCall = kind === NetbiosKind.Request && toPort === 139;
    if (kind !== NetbiosKind.Message && !isCall) return Verdict.No;
    if (end - start < FRAME_BYTES + 4) return Verdict.More;
    if (isCall) return u32(b, start) === 0x81000000 + REQUEST_BYTES ? Verdict.Yes : Verdict.No;
    return isSmb(u32(b, start + FRAME_BYTES)) ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new SmbSession(conversation),
};

class SmbSession implements Session {
  readonly #facts: SmbFacts;
  readonly #logins: SmbLogins;
  readonly #files: SmbFiles;
  readonly #old: Smb1Messages;
  readonly #new: Smb2Messages;
  readonly #resync = new Resync(beginOfMessage);

  constructor(conversation: Conversation) {
    this.#facts = new SmbFacts(conversation);
    this.#logins = new SmbLogins(this.#facts);
    this.#files = new SmbFiles(this.#facts);
    this.#old = new Smb1Messages(this.#facts, this.#logins, this.#files);
    this.#new = new Smb2Messages(this.#facts, this.#logins, this.#files);
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#facts.startUs === 0) this.#facts.startUs = timeUs;
    let at = this.#resync.from(side, b, start, end);
    if (at < 0) return DONE;
    while (end - at >= FRAME_BYTES) {
      const kind = u8(b, at);
      const size = (u8(b, at + 1) << 16) | u16(b, at + 2);
      const next = at + FRAME_BYTES + size;
      if (kind !== NetbiosKind.Message) {
        if (!isControl(kind) || size > READ_BYTES_MAX) return DONE;
        if (next > end) break;
        this.#onControl(kind, b, at + FRAME_BYTES, next, timeUs);
      } else if (size > 0) {
        const read = this.#read(b, at + FRAME_BYTES, end, size, timeUs);
        if (read === 'more') break;
        if (read === 'other') return DONE;
      }
      at = next;
    }
    return at - start;
  }

  onGap(side: number): void {
    this.#resync.onGap(side);
  }

  onEnd(timeUs: number): void {
    const isMore = this.#old.hasShares || this.#new.hasShares;
    this.#logins.onEnd(timeUs, isMore);
    this.#files.onEnd(timeUs);
    this.#old.onEnd(timeUs);
    this.#new.onEnd(timeUs);
  }

  /** A message at `at`, of which perhaps not all is there. */
  #read(b: Buffer, at: number, end: number, size: number, timeUs: number): 'read' | 'more' | 'other' {
    if (end - at < 4) return 'more';
    const kind = u32(b, at);
    if (!isSmb(kind)) return 'other';
    if (kind === ENCRYPTED) this.#facts.isEncrypted = true;
    const messages = kind === SMB2 ? this.#new : kind === SMB1 ? this.#old : undefined;
    const headerBytes = kind === SMB2 ? SMB2_HEADER_BYTES : SMB1_HEADER_BYTES;
    if (messages === undefined || size < headerBytes || size > READ_BYTES_MAX) return 'read';
    if (end - at < headerBytes) return 'more';
    if (!messages.isWanted(b, at)) return 'read';
    if (end - at < size) return 'more';
    if (kind === SMB2) this.#new.onMessages(b, at, at + size, timeUs);
    else this.#old.onMessage(b, at, at + size, timeUs);
    return 'read';
  }

  #onControl(kind: number, b: Buffer, at: number, end: number, timeUs: number): void {
    if (kind === NetbiosKind.Request) {
      const names = netbiosNames(b, at, end);
      this.#facts.calledName = names?.called;
      this.#facts.callingName = names?.calling;
    } else if (kind === NetbiosKind.Refused && at < end) {
      this.#facts.emit(timeUs, {
        'hinomi.session.outcome': 'failure',
        'hinomi.session.error': netbiosRefusal(u8(b, at)),
        ...this.#facts.fields(),
      });
    }
  }
}

const isControl = (kind: number): boolean => kind >= NetbiosKind.Request && kind <= NetbiosKind.KeepAlive;

/** A frame around a message of SMB. */
function beginOfMessage(b: Buffer, start: number, end: number): number {
  for (let at = b.indexOf('SMB', start, 'latin1'); at >= 0 && at + 3 <= end; at = b.indexOf('SMB', at + 1, 'latin1')) {
    const frame = at - 1 - FRAME_BYTES;
    if (frame >= start && u8(b, frame) === 0 && isSmb(u32(b, at - 1))) return frame;
  }
  return -1;
}
