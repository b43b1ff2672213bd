export type FlatRecord = Readonly<Record<string, unknown>>;

/** What a field should be. A list has to hold the value, or each of several; `null`: the field is not there. */
export type Value = string | number | boolean | RegExp | null | readonly (string | number | RegExp)[];
/** Fields of one record. */
export type Wanted = Readonly<Record<string, Value>>;

export function matches(record: FlatRecord, wanted: Wanted): boolean {
  return Object.entries(wanted).every(([field, value]) => holds(record[field], value));
}

/** Of several records the one that agrees in most fields, with those in which it does not: why nothing matched. */
export function nearest(records: readonly FlatRecord[], wanted: Wanted): string {
  const kind = wanted['event.dataset'];
  let best: { misses: string[] } | undefined;
  for (const record of records) {
    if (kind !== undefined && record['event.dataset'] !== kind) continue;
    const misses = Object.entries(wanted)
      .filter(([field, value]) => !holds(record[field], value))
      .map(([field, value]) => `${field} is ${JSON.stringify(record[field])}, not ${show(value)}`);
    if (best === undefined || misses.length < best.misses.length) best = { misses };
  }
  return best === undefined ? `there is no record of ${show(kind ?? null)}` : best.misses.join('; ');
}

function holds(found: unknown, value: Value): boolean {
  if (value === null) return found === undefined;
  if (isList(value)) return value.every((one) => holds(found, one));
  if (Array.isArray(found)) return found.some((one) => holds(one, value));
  if (found !== null && typeof found === 'object') return holds(JSON.stringify(found), value);
  if (value instanceof RegExp) return found !== undefined && value.test(String(found));
  return found === value;
}

function isList(value: Value): value is readonly (string | number | RegExp)[] {
  return Array.isArray(value);
}

export function show(value: Value): string {
  return value instanceof RegExp ? String(value) : JSON.stringify(value);
}

/** Every form in which a secret may hide in a text. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'latin1');
  const forms = [secret, bytes.toString('hex'), Buffer.from(secret, 'utf16le').toString('hex')];
  // Base64 of something that has it inside: at each of the three alignments, without what its neighbours decide.
  for (let shift = 0; shift < 3; shift++) {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    forms.push(text.slice(shift === 0 ? 0 : shift + 1, Math.floor(((bytes.length + shift) * 8) / 6) - 1));
  }
  return forms;
}
