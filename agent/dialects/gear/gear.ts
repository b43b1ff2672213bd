import type { Dialect, Fields, Message, Parsed } from '../dialect.js';
import { put } from '../fields.js';
import { guess } from '../lines/guess.js';
import { type Said, said } from '../lines/program.js';
import type { Maker } from './maker.js';
import { NETWORK_MAKERS } from './network.js';
import { SYSTEM_MAKERS } from './systems.js';

const READ_MAX = 1_000;
const MAKERS: readonly Maker[] = [...NETWORK_MAKERS, ...SYSTEM_MAKERS];
const BY_PROGRAM: ReadonlyMap<string, Maker> = new Map(
  MAKERS.flatMap((maker) => (maker.programs ?? []).map((name) => [name, maker] as const)),
);
const BY_WORDS = MAKERS.filter((maker) => maker.re !== undefined);

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
  const name = (line?.name ?? message.header.msgid ?? '').replace(/:$/, '');
  const byProgram = BY_PROGRAM.get(name) ?? BY_PROGRAM.get(message.header.msgid?.toLowerCase() ?? '');
  if (byProgram !== undefined) return byProgram;
  const front = message.header.version === undefined ? message.body.trimStart() : textOf(message);
  const text = front.slice(0, READ_MAX);
  return BY_WORDS.find((maker) => maker.re!.test(text));
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
