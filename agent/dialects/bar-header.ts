interface Form {
  /** Before the version; it may be lost, and blanks may stand behind it. */
  readonly prefix: string;
  isVersionAt(text: string, at: number): boolean;
  readonly fields: number;
  /** The bar that ends the field which begins at `start`; below 0: none. */
  fieldEnd(text: string, start: number): number;
}

/** The header of CEF and LEEF: a version and other fields, each with a bar behind it. Undefined when there is none. */
export function readBarHeader(text: string, form: Form): { fields: string[]; end: number } | undefined {
  let end = versionAt(text, form);
  if (end < 0) return undefined;
  const fields: string[] = [];
  while (fields.length < form.fields) {
    const bar = form.fieldEnd(text, end);
    // What follows may be missing, and the last bar with it; nothing else may.
    if (bar < 0 && fields.length < form.fields - 1) return undefined;
    fields.push(text.slice(end, bar < 0 ? text.length : bar));
    end = bar < 0 ? text.length : bar + 1;
  }
  return { fields, end };
}

/** Behind the prefix, or at the start of a text that lost it. */
function versionAt(text: string, { prefix, isVersionAt }: Form): number {
  for (let at = text.indexOf(prefix); at >= 0; at = text.indexOf(prefix, at + 1)) {
    let version = at + prefix.length;
    while (text.charCodeAt(version) === 0x20) version++;
    if (isVersionAt(text, version)) return version;
  }
  return isVersionAt(text, 0) ? 0 : -1;
}
