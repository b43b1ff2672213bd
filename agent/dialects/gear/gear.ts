import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put } from '../fields.js';
import { guess } from '../lines/guess.js';
import { type Said, said } from '../lines/program.js';
import { isUnixProgram } from '../linux/linux.js';
import type { Maker } from './maker.js';
import { NETWORK_MAKERS } from './network.js';
import { SYSTEM_MAKERS } from './systems.js';

const READ_MAX = 1_000;
const MAKERS: readonly Maker[] = [...NETWORK_MAKERS, ...SYSTEM_MAKERS];
const BY_PROGRAM: ReadonlyMap<string, Maker> = new Map(
  MAKERS.flatMap((maker) => (maker.programs ?? []).map((name) => [name, maker] as const)),
);
const BY_WORDS = MAKERS.filter((maker) => maker.re !== undefined);
const BY_WORDS_OF_UNIX = BY_WORDS.filter((maker) => maker.isUnix === true);
/** Programs that a maker of gear runs too. */
const UNIX = new Set(['httpd', 'apache', 'apache2']);

/** Gear of many makers, known by the way that a line begins; what it says is read by its words. */
export const gear: Dialect = {
  name: 'gear',
  parse(message: Message): Parsed | undefined {
    if (message.cef !== undefined || message.leef !== undefined) return undefined;
    const line = said(message);
    const maker = makerOf(line, message);
    if (maker === undefined) return undefined;
    const text = textOf(message);
    const fields: Fields = {
      'observer.vendor': maker.vendor,
      'observer.product': maker.product,
      'observer.type': maker.type,
    };
    guess(fields, text);
    Object.assign(fields, maker.fields);
    put(fields, 'process.name', line?.name);
    put(fields, 'event.code', message.header.msgid);
    put(fields, 'message', message.body.trim());
    putData(fields, message);
    return { fields, status: 'partial', reason: 'known by its words' };
  },
};

function makerOf(line: Said | undefined, message: Message): Maker | undefined {
  const { header } = message;
  const name = (line?.name ?? '').replace(/:$/, '');
  const byProgram = BY_PROGRAM.get(name) ?? BY_PROGRAM.get(header.msgid?.toLowerCase() ?? '');
  const isUnix = UNIX.has(name) || isUnixProgram(name);
  if (byProgram !== undefined && !isUnix) return byProgram;
  const text = frontOf(message).slice(0, READ_MAX);
  const makers = isUnix ? BY_WORDS_OF_UNIX : BY_WORDS;
  return makers.find((maker) => maker.re!.test(text)) ?? (line?.text.startsWith('pam_') ? undefined : byProgram);
}

function frontOf(message: Message): string {
  return message.header.version === undefined ? message.body.trimStart() : textOf(message);
}

/** The message with its structured data in front, written as it was, so that an SD-ID is found in it. RFC 5424 6.3. */
function textOf({ header, body }: Message): string {
  const data = Object.entries(header.structuredData ?? {}).map(
    ([id, pairs]) =>
      `[${id} ${Object.entries(pairs)
        .map(([key, value]) => `${key}="${value}"`)
        .join(' ')}]`,
  );
  const name = header.version === undefined || header.appname === undefined ? '' : `${header.appname}: `;
  const id = header.version === undefined || header.msgid === undefined ? '' : `${header.msgid} - `;
  return `${name}${id}${data.join('')} ${body}`.trimStart();
}

function putData(fields: Fields, { header }: Message): void {
  for (const pairs of Object.values(header.structuredData ?? {})) {
    for (const [key, value] of Object.entries(pairs)) put(fields, `vendor.${key}`, value);
  }
}
