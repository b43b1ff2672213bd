import { attachmentOf, boundaryOf, subjectLength } from '../wire/mail-header.js';

const RECIPIENTS_MAX = 100;
const ATTACHMENTS_MAX = 64;
const HEADER_CHARACTERS_MAX = 4_096;
/** Multiparts in multiparts, and mails in mails. */
const BOUNDARIES_MAX = 16;
const ADDRESS_CHARACTERS_MAX = 320;
const HEADER_OF_INTEREST = /^(Subject|Content-(Type|Disposition)):/i;
/** Lines of the headers of one part: more than any program writes. What follows is taken for words. */
const HEADER_LINES_MAX = 2_000;
const DASH = 0x2d;
const BLANK = 0x20;
const TAB = 0x09;
/** Of a header of interest, or of the empty line behind the headers. */
const MAY_BEGIN_HEADER = new Uint8Array(256);
for (const sign of 'SsCc\r\n') MAY_BEGIN_HEADER[sign.charCodeAt(0)] = 1;

/** One mail: its envelope, and what its headers give away without its words. RFC 5322, RFC 2045. */
export class Mail {
  readonly from: string | undefined;
  readonly startUs: number;
  readonly to: string[] = [];
  outcome: 'success' | 'failure' | 'unknown' = 'unknown';
  error: string | undefined;
  /** Its words came, whether or not they were taken. */
  hasData = false;
  readonly #attachments: string[] = [];
  readonly #boundaries: string[] = [];
  #subjectLength: number | undefined;
  #header = '';
  #isInHeaders = true;
  #headerLines = 0;
  #isForwarded = false;

  constructor(from: string | undefined, startUs: number) {
    this.from = from;
    this.startUs = startUs;
  }

  addRecipient(address: string): void {
    if (this.to.length < RECIPIENTS_MAX) this.to.push(address.slice(0, ADDRESS_CHARACTERS_MAX));
  }

  /** Whether a line that begins so has to be shown. Most of a mail is of no interest. */
  wants(firstByte: number): boolean {
    if (this.#isInHeaders && ++this.#headerLines > HEADER_LINES_MAX) this.#isInHeaders = false;
    if (!this.#isInHeaders) return firstByte === DASH && this.#boundaries.length > 0;
    if (this.#header === '') return MAY_BEGIN_HEADER[firstByte] === 1;
    const isContinued = firstByte === BLANK || firstByte === TAB;
    return !isContinued || this.#header.length < HEADER_CHARACTERS_MAX;
  }

  /** Whether nothing before the end of the mail is of interest. */
  get isOpaque(): boolean {
    return !this.#isInHeaders && this.#boundaries.length === 0;
  }

  /** @param line without its end */
  onLine(line: string): void {
    if (!this.#isInHeaders) this.#onBody(line);
    else if (line === '') {
      this.#readHeader();
      // A mail inside of a mail begins with headers of its own.
      this.#isInHeaders = this.#isForwarded;
      this.#isForwarded = false;
    } else if (/^[ \t]/.test(line)) {
      // RFC 5322 2.2.3: a header goes on in lines that begin with a blank.
      if (this.#header !== '' && this.#header.length < HEADER_CHARACTERS_MAX) this.#header += line;
    } else {
      this.#readHeader();
      this.#header = HEADER_OF_INTEREST.test(line) ? line : '';
    }
  }

  fields(): Record<string, unknown> {
    this.#readHeader();
    return {
      'hinomi.session.outcome': this.outcome,
      ...(this.from === undefined ? {} : { 'hinomi.session.from': this.from.slice(0, ADDRESS_CHARACTERS_MAX) }),
      ...(this.to.length === 0 ? {} : { 'hinomi.session.to': this.to }),
      ...(this.error === undefined ? {} : { 'hinomi.session.error': this.error }),
      ...(this.#subjectLength === undefined ? {} : { 'hinomi.session.subject_length': this.#subjectLength }),
      ...(this.#attachments.length === 0 ? {} : { 'hinomi.session.attachments': this.#attachments }),
    };
  }

  /** RFC 2046 5.1.1: a boundary begins another part, whose headers come next. */
  #onBody(line: string): void {
    const isBoundary = this.#boundaries.some(
      (boundary) => line.startsWith(`--${boundary}`) && line.slice(boundary.length + 2).trim() === '',
    );
    if (!isBoundary) return;
    this.#isInHeaders = true;
    this.#headerLines = 0;
  }

  #readHeader(): void {
    const header = this.#header;
    this.#header = '';
    if (header === '') return;
    if (/^Subject:/i.test(header)) {
      this.#subjectLength ??= subjectLength(header.slice('Subject:'.length));
      return;
    }
    const boundary = boundaryOf(header);
    if (boundary !== undefined && boundary !== '' && this.#boundaries.length < BOUNDARIES_MAX)
      this.#boundaries.push(boundary.slice(0, 70));
    if (/^Content-Type:\s*message\/rfc822/i.test(header)) this.#isForwarded = true;
    const name = attachmentOf(header);
    const isNew = name !== undefined && !this.#attachments.includes(name);
    if (isNew && this.#attachments.length < ATTACHMENTS_MAX) this.#attachments.push(name);
  }
}
