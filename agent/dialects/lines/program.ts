import type { Message } from '../dialect.js';

/** Who on the device speaks, and what it says. */
export interface Said {
  /** Without its path, in lower case: `/usr/sbin/cron` is `cron`. */
  readonly name: string;
  readonly pid?: string;
  readonly text: string;
}

// RFC 3164 4.1.3 says 32 letters and digits; systemd units and paths are longer and have more.
const TAG = /^\s{0,4}(?:[^\s:]{1,64} )??([\w./@+~-]{1,96})(?:\[([\w:.-]{1,16})\])?: ?/;

/** The tag before the first colon, or what an RFC 5424 header says. A relay's host name before the tag is passed over. */
export function said(message: Message): Said | undefined {
  const { header, body } = message;
  if (header.version !== undefined) return header.appname === undefined ? tagged(body) : ofHeader(message);
  return tagged(body) ?? (header.appname === undefined ? undefined : ofHeader(message));
}

function tagged(body: string): Said | undefined {
  const found = TAG.exec(body.slice(0, 200));
  if (found === null) return undefined;
  const text = body.slice(found[0].length);
  const name = base(found[1]!);
  return found[2] === undefined ? { name, text } : { name, pid: found[2], text };
}

function ofHeader({ header, body }: Message): Said {
  const name = base(header.appname!);
  return header.procid === undefined ? { name, text: body } : { name, pid: header.procid, text: body };
}

const base = (path: string): string => path.slice(path.lastIndexOf('/') + 1).toLowerCase();
