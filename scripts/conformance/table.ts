import { type Check, nothing, type Row, type Share, type Tally } from './tally.js';

/** Text as wide as a table's cell asks. */
const VALUE_CHARACTERS_MAX = 300;

/** A table by suite and field: all cases, and those for which everything needed is decoded. */
export function tableOf(tally: Tally): string {
  const rows = tally.rows();
  const lines = [
    line(['suite', 'field', 'cases', 'agreed', 'accepted', 'share', 'ready', 'agreed', 'share', 'with accepted']),
  ];
  for (const suite of new Set(rows.map((row) => row.suite))) {
    const own = rows.filter((row) => row.suite === suite);
    for (const row of [...own, totalOf(suite, own)]) lines.push(line(cells(row)));
  }
  lines.push(line(cells(totalOf('all', rows))));
  return lines.join('\n');
}

const WIDTHS = [13, 20, 7, 7, 9, 7, 7, 7, 7, 14];

function line(texts: readonly string[]): string {
  return texts.map((text, i) => (i < 2 ? text.padEnd(WIDTHS[i]!) : text.padStart(WIDTHS[i]!))).join(' ');
}

function cells(row: Row): string[] {
  const { ready } = row;
  return [
    row.suite,
    row.field,
    ...[row.cases, row.agreed, row.accepted].map(String),
    percent(row.agreed, row.cases),
    ...[ready.cases, ready.agreed].map(String),
    percent(ready.agreed, ready.cases),
    percent(ready.agreed + ready.accepted, ready.cases),
  ];
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)}%`;
}

function totalOf(suite: string, rows: readonly Row[]): Row {
  const total: Row = { suite, field: 'all', ...nothing(), ready: nothing() };
  for (const row of rows) {
    addTo(total, row);
    addTo(total.ready, row.ready);
  }
  return total;
}

function addTo(total: Share, more: Share): void {
  total.cases += more.cases;
  total.agreed += more.agreed;
  total.accepted += more.accepted;
}

/** What is not decoded yet, with the cases that wait for it. */
export function needsOf(tally: Tally): string {
  const counts = new Map<string, number>();
  for (const { needs, field } of tally.checks) {
    if (needs !== undefined && field === 'found') counts.set(needs, (counts.get(needs) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([needs, count]) => `  needs: ${needs} (${count} sessions)`).join('\n');
}

/** Each difference in full, the accepted ones with their reason. */
export function differencesOf(tally: Tally): string {
  return tally.checks
    .filter((check) => !check.agrees)
    .map(
      (check) =>
        `${mark(check, tally)} ${check.suite} | ${check.field} | ${check.subject}\n    expected ${show(check.expected)}\n    actual   ${show(check.actual)}`,
    )
    .join('\n');
}

function mark(check: Check, tally: Tally): string {
  const reason = tally.reasonFor(check);
  if (reason !== undefined) return `accepted (${reason})`;
  return check.needs === undefined ? 'DIFFERS' : `needs ${check.needs}`;
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, VALUE_CHARACTERS_MAX);
}
