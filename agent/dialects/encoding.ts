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

/** Kana and kanji. */
const JAPANESE = /[\u3040-\u30ff\u4e00-\u9fff]/g;
/** Half-width katakana: what EUC-JP looks like when it is read as Shift_JIS. */
const HALF_WIDTH = /[\uff61-\uff9f]/g;

/** The reading with more Japanese, less half-width katakana; none without any Japanese. */
function guess(bytes: Uint8Array): string | undefined {
  const readings = [strictly(eucJp, bytes), strictly(shiftJis, bytes)].filter((text) => text !== undefined);
  const [best] = readings.map((text) => ({ text, score: scoreOf(text) })).sort((a, b) => b.score - a.score);
  return best !== undefined && best.score > 0 ? best.text : undefined;
}

function scoreOf(text: string): number {
  return (text.match(JAPANESE)?.length ?? 0) * 2 - (text.match(HALF_WIDTH)?.length ?? 0);
}
