import { u8 } from '../../wire/bytes.js';
import { Facts } from '../facts.js';
import { type Conversation, type Protocol, type Session, Verdict } from '../session.js';

const PORT = 1900;
const HEADER_LINES_MAX = 32;
const MESSAGE_BYTES_MAX = 4_096;
const FIRST_LINES = /^(?:(M-SEARCH|NOTIFY) \* |(HTTP\/1\.[01] 200))/;

/** SSDP, by which devices of UPnP find each other: UPnP Device Architecture 2.0, 1. HTTP's form, over UDP. */
export const SSDP: Protocol = {
  name: 'ssdp',
  transport: 'udp',
  datasets: ['session'],
  recognise: (b, start, end, fromPort, toPort) => {
    const first = u8(b, start);
    if (first !== 0x4d && first !== 0x4e && first !== 0x48) return Verdict.No;
    const words = FIRST_LINES.exec(b.toString('latin1', start, Math.min(end, start + 16)));
    if (words === null) return Verdict.No;
    return words[1] !== undefined || fromPort === PORT || toPort === PORT ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new SsdpSession(conversation),
};

/** What a device looks for, or offers: one record for all that it says in a row. */
class SsdpSession implements Session {
  readonly #facts: Facts;

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
  }

  onBytes(_side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    const lines = b.toString('utf8', start, Math.min(end, start + MESSAGE_BYTES_MAX)).split(/\r?\n/, HEADER_LINES_MAX);
    const first = FIRST_LINES.exec(lines[0] ?? '');
    if (first === null) return 0;
    this.#facts.tellNowAndThen(timeUs);
    this.#facts.at(timeUs);
    const method = first[1] ?? 'response';
    this.#facts.add('hinomi.ssdp.methods', method.toLowerCase());
    if (first[1] === undefined) this.#facts.set('hinomi.session.outcome', 'success');
    for (const line of lines.slice(1)) {
      if (line === '') break;
      const colon = line.indexOf(':');
      if (colon > 0) this.#onHeader(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
    }
    return 0;
  }

  onEnd(): void {
    this.#facts.tell();
  }

  #onHeader(name: string, value: string): void {
    const facts = this.#facts;
    if (name === 'st' || name === 'nt') facts.add('hinomi.ssdp.targets', value);
    else if (name === 'nts') facts.add('hinomi.ssdp.notifications', value);
    else if (name === 'usn') facts.add('hinomi.ssdp.usn', value);
    else if (name === 'location' || name === 'al') facts.add('hinomi.ssdp.locations', value);
    else if (name === 'server') facts.first('hinomi.session.server_software', value);
    else if (name === 'user-agent') facts.first('hinomi.session.client_software', value);
    else if (name === 'cpfn.upnp.org') facts.first('host.name', value);
  }
}
