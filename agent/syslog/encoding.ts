import { isAscii, isUtf8 } from 'node:buffer';

export type Encoding = 'utf-8' | 'shift_jis' | 'euc-jp';
export type JapaneseEncoding = Exclude<Encoding, 'utf-8'>;

const DECODERS: Readonly<Record<JapaneseEncoding, TextDecoder>> = {
  shift_jis: new TextDecoder('shift_jis', { fatal: true }),
  'euc-jp': new TextDecoder('euc-jp', { fatal: true }),
};

/** Half-width katakana: what EUC-JP looks like when it is read as Shift_JIS. JIS X 0201. */
const HALF_WIDTH = /[\uff61-\uff9f]/gu;
const NOT_ASCII = /[^\0-\x7f]/gu;

/** The texts of one source. What its encoding is, where it is not UTF-8, is found out and remembered. */
export class TextReader {
  readonly #fixed: Encoding | undefined;
  #guess: JapaneseEncoding | undefined;
  /** Messages in no encoding that is known; their bytes stand as U+FFFD. */
  undecodable = 0;

  constructor(fixed?: Encoding) {
    this.#fixed = fixed;
  }

  /** As far as anything but ASCII came. */
  get encoding(): Encoding | undefined {
    return this.#fixed ?? this.#guess;
  }

  read(bytes: Buffer): string {
    if (isAscii(bytes)) return bytes.toString('latin1');
    if (this.#fixed !== undefined && this.#fixed !== 'utf-8') {
      const text = decode(bytes, this.#fixed);
      if (text !== undefined) return text;
    }
    if (isUtf8(bytes)) return bytes.toString('utf8');
    return (
      (this.#fixed === undefined && !isCutUtf8(bytes) ? this.#japanese(bytes) : undefined) ?? this.#replaced(bytes)
    );
  }

  #replaced(bytes: Buffer): string {
    this.undecodable += 1;
    return bytes.toString('utf8');
  }

  #japanese(bytes: Buffer): string | undefined {
    const euc = decode(bytes, 'euc-jp');
    const sjis = decode(bytes, 'shift_jis');
    if (euc !== undefined && sjis !== undefined) {
      const chosen = this.#guess ?? (isMostlyHalfWidth(sjis) ? 'euc-jp' : 'shift_jis');
      return chosen === 'euc-jp' ? euc : sjis;
    }
    // One that fits alone is evidence; the newest counts, since a device may be set anew.
    if (euc !== undefined) this.#guess = 'euc-jp';
    else if (sjis !== undefined) this.#guess = 'shift_jis';
    return euc ?? sjis;
  }
}

function decode(bytes: Buffer, encoding: JapaneseEncoding): string | undefined {
  try {
    return DECODERS[encoding].decode(bytes);
  } catch {
    return undefined;
  }
}

function isMostlyHalfWidth(text: string): boolean {
  return (text.match(HALF_WIDTH)?.length ?? 0) * 2 > (text.match(NOT_ASCII)?.length ?? 0);
}

const SEQUENCE_BYTES_MAX = 4;

/** UTF-8 of which only the last character is not whole, as a device that cuts its messages by bytes sends it. */
function isCutUtf8(bytes: Buffer): boolean {
  for (let cut = 1; cut < SEQUENCE_BYTES_MAX && cut < bytes.length; cut++) {
    const whole = bytes.subarray(0, bytes.length - cut);
    if (isUtf8(whole)) return !isAscii(whole);
  }
  return false;
}
