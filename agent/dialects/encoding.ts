const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenientUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const shiftJis = new TextDecoder('shift_jis', { fatal: true });
const eucJp = new TextDecoder('euc-jp', { fatal: true });

/** What a source was set to write in, where that is known. */
export type Encoding = 'auto' | 'utf-8' | 'shift_jis' | 'euc-jp';

/**
 * The text of a message. `auto`: UTF-8 where the bytes are that; else EUC-JP or Shift_JIS where they are one of them and
 * the text has Japanese in it; else UTF-8 with U+FFFD for what is none. Never throws.
 */
export function decodeText(bytes: Uint8Array, encoding: Encoding = 'auto'): string {
  if (encoding === 'shift_jis') return strictly(shiftJis, bytes) ?? lenientUtf8.decode(bytes);
  if (encoding === 'euc-jp') return strictly(eucJp, bytes) ?? lenientUtf8.decode(bytes);
  const text = strictly(utf8, bytes);
  if (text !== undefined) return text;
  return (encoding === 'auto' ? guess(bytes) : undefined) ?? lenientUtf8.decode(bytes);
}

function strictly(decoder: TextDecoder, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

const KANA = /[\u3041-\u30fa]/g;
const KANJI = /[\u4e00-\u9fff]/g;
/** Half-width katakana: what EUC-JP looks like when it is read as Shift_JIS. */
const HALF_WIDTH = /[\uff61-\uff9f]/g;
/** No text of a device has them, other bytes read as one of the encodings do. */
const NEVER = /[\u0080-\u009f\ue000-\uf8ff]/;
/** Without kana, that many kanji: a few bytes of anything else look like one or two. */
const KANJI_MIN = 4;

/** The reading with more Japanese and less half-width katakana; none when it is not plainly Japanese. */
function guess(bytes: Uint8Array): string | undefined {
  const readings = [strictly(eucJp, bytes), strictly(shiftJis, bytes)].flatMap((text) => {
    const score = text === undefined ? 0 : scoreOf(text);
    return text !== undefined && score > 0 ? [{ text, score }] : [];
  });
  return readings.sort((a, b) => b.score - a.score)[0]?.text;
}

function scoreOf(text: string): number {
  const [kana, kanji, halfWidth] = [KANA, KANJI, HALF_WIDTH].map((characters) => text.match(characters)?.length ?? 0);
  if (NEVER.test(text) || (kana === 0 && kanji! < KANJI_MIN)) return 0;
  return kana! * 2 + kanji! - halfWidth!;
}
