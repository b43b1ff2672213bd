const NAME_CHARACTERS_MAX = 255;
/** RFC 2231 3: pieces of one parameter. */
const PIECES_MAX = 64;
/** Begins a change of character set in ISO-2022-JP, which mail of this country may have as it is. RFC 1468. */
const ESCAPE = '\x1b';

/** Characters of a subject as people see it. */
export function subjectLength(value: string): number {
  return [...decodeWords(value.trim())].length;
}

/** The file name that a Content-Type or Content-Disposition field gives a part. RFC 2183 2.3, RFC 2231. */
export function attachmentOf(header: string): string | undefined {
  const parameters = parametersOf(header);
  const name =
    extended(parameters, 'filename') ??
    plain(parameters, 'filename') ??
    extended(parameters, 'name') ??
    plain(parameters, 'name');
  // A name is no path: what stands in front of the last separator says nothing of the file.
  const last = name?.split(/[/\\]/).at(-1)?.trim();
  return last === undefined || last === '' ? undefined : cut(last);
}

/** The boundary of a multipart. RFC 2046 5.1.1. */
export function boundaryOf(header: string): string | undefined {
  return /^Content-Type:\s*multipart\//i.test(header) ? parametersOf(header).get('boundary') : undefined;
}

function cut(name: string): string {
  return [...name.slice(0, NAME_CHARACTERS_MAX * 2)].slice(0, NAME_CHARACTERS_MAX).join('');
}

/** RFC 2045 5.1: `; name=value`, the value quoted or not. Names in lower case, the first of each. */
function parametersOf(header: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  const pattern = /;\s*([\w*.-]{1,64})\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^;\s]*))/g;
  for (let count = 0; count < PIECES_MAX; count++) {
    const found = pattern.exec(header);
    if (found === null) break;
    const name = found[1]!.toLowerCase();
    const value = found[2] === undefined ? found[3]! : found[2].replaceAll(/\\(.)/g, '$1');
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

function plain(parameters: ReadonlyMap<string, string>, name: string): string | undefined {
  const value = parameters.get(name);
  return value === undefined ? undefined : decodeWords(value);
}

/** RFC 2231 3 and 4: `name*=charset'language'bytes`, or in pieces `name*0*=`, `name*1=` ... */
function extended(parameters: ReadonlyMap<string, string>, name: string): string | undefined {
  const whole = parameters.get(`${name}*`);
  const pieces: Buffer[] = [];
  let charset = 'utf-8';
  for (let index = 0; index < PIECES_MAX; index++) {
    const coded = whole ?? parameters.get(`${name}*${index}*`);
    const value = coded ?? parameters.get(`${name}*${index}`);
    if (value === undefined) break;
    const head = index === 0 && coded !== undefined ? /^([\w.:+-]*)'[\w-]*'/.exec(value) : null;
    if (head !== null) charset = head[1] || charset;
    const rest = value.slice(head?.[0].length ?? 0);
    pieces.push(coded === undefined ? Buffer.from(rest) : percentDecoded(rest));
    if (whole !== undefined) break;
  }
  return pieces.length === 0 ? undefined : inCharset(Buffer.concat(pieces), charset);
}

/**
 * RFC 2047 2: `=?charset?B?...?=`. Blanks between two of them are none, and a character may begin in one and end in the
 * next, as many programs have it.
 */
function decodeWords(text: string): string {
  if (text.includes(ESCAPE)) return inCharset(Buffer.from(text, 'latin1'), 'iso-2022-jp');
  const pattern = /(=\?([\w.:+-]{1,40})(?:\*[\w-]*)?\?([bq])\?([^?]*)\?=)([ \t\r\n]*(?==\?))?/gi;
  let result = '';
  let at = 0;
  let bytes: Buffer[] = [];
  let charset = '';
  const flush = (): void => {
    if (bytes.length > 0) result += inCharset(Buffer.concat(bytes), charset);
    bytes = [];
  };
  for (const found of text.matchAll(pattern)) {
    const [all, , set = '', encoding = '', body = ''] = found;
    if (found.index > at || set.toLowerCase() !== charset) flush();
    result += text.slice(at, found.index);
    charset = set.toLowerCase();
    bytes.push(encoding.toLowerCase() === 'b' ? Buffer.from(body, 'base64') : quoted(body));
    at = found.index + all.length;
  }
  flush();
  return result + text.slice(at);
}

function quoted(text: string): Buffer {
  return hexBytes(text.replaceAll('_', ' '), '=');
}

function percentDecoded(text: string): Buffer {
  return hexBytes(text, '%');
}

/** A sign and two hexadecimal digits stand for a byte; everything else for itself. */
function hexBytes(text: string, sign: string): Buffer {
  const bytes = Buffer.from(text);
  let to = 0;
  for (let at = 0; at < bytes.length; at++) {
    const pair = bytes[at] === sign.charCodeAt(0) ? bytes.toString('latin1', at + 1, at + 3) : '';
    if (/^[0-9a-f]{2}$/i.test(pair)) {
      bytes[to] = Number.parseInt(pair, 16);
      at += 2;
    } else bytes[to] = bytes[at]!;
    to += 1;
  }
  return bytes.subarray(0, to);
}

const DECODERS = new Map<string, TextDecoder | undefined>();
const DECODERS_MAX = 64;

/** Japanese mail is in ISO-2022-JP, Shift_JIS, EUC-JP or UTF-8. */
function inCharset(bytes: Buffer, charset: string): string {
  const decoder = DECODERS.get(charset) ?? decoderOf(charset);
  return decoder === undefined ? bytes.toString('latin1') : decoder.decode(bytes);
}

function decoderOf(charset: string): TextDecoder | undefined {
  let decoder: TextDecoder | undefined;
  try {
    decoder = new TextDecoder(charset === 'cp932' ? 'shift_jis' : charset);
  } catch {
    decoder = undefined;
  }
  if (DECODERS.size < DECODERS_MAX) DECODERS.set(charset, decoder);
  return decoder;
}
