/** Fields of one line; what is behind them stays in the last one. */
const FIELDS_MAX = 500;

/** RFC 4180, one line. Tolerant: a quote inside a bare field is text, a quoted field that never ends goes to the end. */
export function readCsv(text: string, separator = ','): string[] {
  const fields: string[] = [];
  let at = 0;
  while (fields.length < FIELDS_MAX - 1) {
    const field = text.charCodeAt(at) === 0x22 ? quotedAt(text, at + 1, separator) : bareAt(text, at, separator);
    fields.push(field.text);
    if (field.end >= text.length) return fields;
    at = field.end + 1;
  }
  fields.push(text.slice(at));
  return fields;
}

function bareAt(text: string, start: number, separator: string): { text: string; end: number } {
  const found = text.indexOf(separator, start);
  const end = found < 0 ? text.length : found;
  return { text: text.slice(start, end), end };
}

function quotedAt(text: string, start: number, separator: string): { text: string; end: number } {
  let value = '';
  let from = start;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return { text: value + text.slice(from), end: text.length };
    if (text.charCodeAt(quote + 1) !== 0x22) {
      const rest = bareAt(text, quote + 1, separator);
      return { text: value + text.slice(from, quote) + rest.text.trimEnd(), end: rest.end };
    }
    value += text.slice(from, quote + 1);
    from = quote + 2;
  }
}
