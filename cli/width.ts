/** East Asian Wide and Fullwidth (Unicode UAX 11), as far as terminals agree; combining marks take no column. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const NONE = /\p{Mn}|\p{Me}|\u200b/u;

/** Columns that a text takes in a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += NONE.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** Fills with blanks, or cuts with an ellipsis, to exactly `columns`. */
export function fitTo(text: string, columns: number): string {
  const width = widthOf(text);
  if (width <= columns) return text + ' '.repeat(columns - width);
  let out = '';
  let used = 0;
  for (const character of text) {
    const next = widthOf(character);
    if (used + next > columns - 1) break;
    out += character;
    used += next;
  }
  return `${out}…${' '.repeat(Math.max(0, columns - 1 - used))}`;
}

/** Control characters and those that turn the direction of text, shown instead of obeyed: records hold hostile text. */
export function harmless(text: string): string {
  return text.replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}
