import { type HttpHead, makeHttpHead } from '../wire/http-head.js';

/** Names of fields that records are made of; all others only change the table of HPACK. */
const WANTED: ReadonlySet<string> = new Set([
  ':method',
  ':path',
  ':authority',
  ':status',
  ':protocol',
  'host',
  'user-agent',
  'referer',
  'content-type',
  'content-encoding',
  'server',
  'authorization',
  'proxy-authorization',
]);

/** The fields of one block that matter, each in its first value. */
export class Http2Fields {
  readonly #fields = new Map<string, string>();

  add(name: string, value: string): void {
    if (WANTED.has(name) && !this.#fields.has(name)) this.#fields.set(name, value);
  }

  /** RFC 9113 8.3. @returns undefined when they are no head but a trailer */
  head(): HttpHead | undefined {
    const fields = this.#fields;
    const method = fields.get(':method');
    const status = fields.get(':status');
    const isStatus = status !== undefined && /^\d{3}$/.test(status);
    if (method === undefined && !isStatus) return undefined;
    const authority = fields.get(':authority');
    if (authority !== undefined) fields.set('host', authority);
    // RFC 8441 4: CONNECT for another protocol names it, and has a path.
    const protocol = fields.get(':protocol');
    if (protocol !== undefined) fields.set('upgrade', protocol);
    const isTunnel = method === 'CONNECT' && protocol === undefined;
    const start = {
      isRequest: !isStatus,
      version: '2',
      method: method ?? '',
      target: (isTunnel ? authority : fields.get(':path')) ?? '',
      status: isStatus ? Number(status) : 0,
    };
    return makeHttpHead(start, fields);
  }
}
