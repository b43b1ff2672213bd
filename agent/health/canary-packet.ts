import { createSocket, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { CodedError } from '../../protocol/base/errors.js';

const MDNS_PORT = 5_353;
const MDNS_V4 = '224.0.0.251';
const MDNS_V6 = 'ff02::fb';
const HEADER_BYTES = 12;
const TYPE_A = 1;
const CLASS_IN = 1;

/** Where a packet can be sent without privileges so that it leaves on this interface and stays on its link. */
export interface Way {
  readonly family: 'udp4' | 'udp6';
  readonly address: string;
  readonly destination: string;
}

/**
 * The group of multicast DNS on the link (RFC 6762), which no router passes on. A mirror port often has no IPv4
 * address; the link-local one of IPv6 will do.
 * @throws CANARY_FAILED when the interface has no address at all
 */
export function wayOn(name: string, interfaces = networkInterfaces()): Way {
  const addresses = interfaces[name] ?? [];
  const v4 = addresses.find(({ family }) => family === 'IPv4');
  if (v4 !== undefined) {
    const destination = v4.internal ? v4.address : MDNS_V4;
    return { family: 'udp4', address: v4.address, destination };
  }
  const v6 = addresses.find(({ family, address }) => family === 'IPv6' && address.startsWith('fe80:'));
  if (v6 !== undefined) return { family: 'udp6', address: `::%${name}`, destination: `${MDNS_V6}%${name}` };
  throw new CodedError('CANARY_FAILED', `${name} has no address to send from`, { interface: name });
}

/** Asks for a name on the link of an interface; nobody is expected to answer. @throws CANARY_FAILED */
export async function sendQuestion(name: string, interfaceName: string): Promise<void> {
  const { family, address, destination } = wayOn(interfaceName);
  const socket = createSocket(family);
  try {
    await bound(socket);
    socket.setMulticastTTL(1);
    if (destination !== address) socket.setMulticastInterface(address);
    await new Promise<void>((resolve, reject) => {
      socket.send(question(name), MDNS_PORT, destination, (error) => (error ? reject(error) : resolve()));
    });
  } catch (cause) {
    throw new CodedError(
      'CANARY_FAILED',
      `could not send on ${interfaceName}`,
      { interface: interfaceName },
      { cause },
    );
  } finally {
    socket.close();
  }
}

function bound(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, () => resolve());
  });
}

/** RFC 1035 4.1: one question for an address. */
export function question(name: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(1, 4);
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, TYPE_A, 0, CLASS_IN])]);
}
