import { join } from 'node:path';
import { Dialects } from '../../agent/dialects/dialects.js';
import type { Recordings } from './recording.js';
import { endureLines } from './syslog-endure.js';
import { compareJapan } from './syslog-japan.js';
import { lineOf, RECEIVED, readJsonLines, type ScCase } from './syslog-lines.js';
import { compareRfc } from './syslog-rfc.js';
import { VENDOR_OF_FILE, WITHOUT_VENDOR } from './syslog-vendors.js';
import type { Tally } from './tally.js';

/** A template that lost its message says nothing about anybody. */
const CHARACTERS_MIN = 60;

/** Messages against what their specifications and other programs make of them. */
export async function compareSyslog(folder: string, _recordings: Recordings, tally: Tally): Promise<void> {
  const dialects = new Dialects({ zone: 'UTC' });
  compareRfc(folder, 'rfc5424', dialects, tally);
  compareRfc(folder, 'rfc3164', dialects, tally);
  const cases = readJsonLines<ScCase>(join(folder, 'sc4s-cases.jsonl'));
  for (const entry of cases) compareVendor(entry, dialects, tally);
  compareJapan(folder, tally);
  endureLines(cases.map(lineOf), tally);
}

function compareVendor(entry: ScCase, dialects: Dialects, tally: Tally): void {
  const line = lineOf(entry);
  const suite = 'syslog sc4s';
  const expected = VENDOR_OF_FILE[entry.file];
  const sourcetype = entry.expect[0]?.sourcetype ?? '';
  if (expected === undefined || WITHOUT_VENDOR.test(sourcetype)) {
    tally.skip(suite, 'no maker is expected');
    return;
  }
  if (line.length < CHARACTERS_MIN && !line.includes(': ')) {
    tally.skip(suite, 'a template without a message');
    return;
  }
  const vendor = dialects.record(line, Date.parse(RECEIVED))['observer.vendor'];
  const [first] = expected.vendors;
  const actual = expected.vendors.includes(String(vendor)) ? first : vendor;
  const check = {
    suite,
    subject: `${entry.file}/${entry.test}: ${line.slice(0, 100)}`,
    expected: first,
    actual,
    context: {},
  };
  tally.add({ ...check, field: 'vendor' });
  if (expected.isSecurity === true) tally.add({ ...check, field: 'vendor, security' });
}
