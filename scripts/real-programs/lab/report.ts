import { writeFileSync } from 'node:fs';
import type { FlatRecord, Wanted } from './match.js';
import type { Result } from './play.js';
import type { Outcome } from './run.js';

const VALUE_CHARACTERS_MAX = 90;

/** What went wrong, a line each. */
export function problemsOf({ results, whole }: Outcome): string[] {
  return [
    ...results.flatMap((result) => problemsOfOne(result)),
    ...(whole?.untold ?? []).map((what) => `not told when all is one recording: ${what}`),
    ...(whole?.leaks ?? []).map(() => 'a secret came out when all is one recording'),
  ];
}

export function problemsOfOne({ scenario, trouble, told, leaks }: Result): string[] {
  const missing = told.filter((one) => one.record === undefined);
  return [
    ...(trouble === undefined ? [] : [`${scenario.name}: ${trouble}`]),
    ...missing.map(({ did, instead }) => `${scenario.name}: ${did}: ${instead}`),
    ...leaks.map((secret) => `${scenario.name}: the secret ${secret} came out`),
  ];
}

/** The report as Markdown. */
export function writeReport(file: string, outcome: Outcome): void {
  writeFileSync(file, `${reportOf(outcome).join('\n')}\n`);
}

function reportOf(outcome: Outcome): string[] {
  const { results, whole } = outcome;
  const done = results.filter((one) => one.skipped === undefined);
  const told = done.flatMap((one) => one.told);
  const secrets = done.flatMap((one) => one.secrets);
  return [
    '# What real programs did, and what the records say',
    '',
    `Written by \`npx tsx scripts/real-programs.ts --write docs/real-programs.md\` on ${new Date().toISOString().slice(0, 10)}.`,
    'Real clients and servers ran in network namespaces, a capture listened on the wire between them, and',
    '`hinomi-agent replay` told what follows. A cell shows those fields that are checked, with the values of the record.',
    '',
    `- ${done.length} scenarios played, ${results.length - done.length} skipped;` +
      ` ${told.filter((one) => one.record !== undefined).length} of ${told.length} expected records are there.`,
    `- ${secrets.length} secrets (passwords, communities, cookies, tokens) were used, of which` +
      ` ${done.flatMap((one) => one.readable).length} passed readable, in clear or base64.` +
      ` ${done.flatMap((one) => one.leaks).length} of them came out, in clear, hexadecimal or base64.`,
    ...(whole === undefined ? [] : wholeLines(whole)),
    '',
    ...results.flatMap((result) => sectionOf(result, outcome.versions)),
  ];
}

function wholeLines(whole: NonNullable<Outcome['whole']>): string[] {
  const counts = [...whole.records].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `${kind} ${count}`);
  return [
    `- All recordings as one: ${whole.packets} packets; ${whole.untold.length} of the records above are not there,` +
      ` ${whole.leaks.length} secrets came out. Records: ${counts.join(', ')}.`,
  ];
}

function sectionOf(result: Result, versions: ReadonlyMap<string, string>): string[] {
  const { scenario, skipped, trouble, told } = result;
  if (skipped !== undefined) return [`## ${scenario.title}`, '', `Skipped: ${skipped}.`, ''];
  const programs = scenario.packages.map((name) => `${name} ${versions.get(name) ?? '?'}`);
  return [
    `## ${scenario.title}`,
    '',
    `${programs.join(', ')}.`,
    ...(trouble === undefined ? [] : ['', `Trouble: ${trouble}`]),
    '',
    '| the program | the record |',
    '| --- | --- |',
    ...told.map(({ did, wanted, record, instead }) => {
      const says = record === undefined ? `**missing**: ${instead}` : cellOf(record, wanted);
      return `| ${cellText(did)} | ${says} |`;
    }),
    '',
  ];
}

function cellOf(record: FlatRecord, wanted: Wanted): string {
  const fields = Object.keys(wanted).filter((field) => field !== 'event.dataset' && record[field] !== undefined);
  const values = fields.map((field) => `${field.replace(/^hinomi\./, '')} \`${cellText(fieldText(record[field]))}\``);
  return [`**${String(record['event.dataset'])}**`, ...values].join(' · ');
}

function fieldText(value: unknown): string {
  const text = Array.isArray(value) ? value.map(itemText).join(', ') : itemText(value);
  return text.length <= VALUE_CHARACTERS_MAX ? text : `${text.slice(0, VALUE_CHARACTERS_MAX)}…`;
}

/** An answer of DNS is what it says; anything else as it is. */
function itemText(value: unknown): string {
  if (typeof value === 'string') return value;
  const answer = value as { type?: unknown; data?: unknown } | null;
  return typeof answer?.data === 'string' ? `${answer.type} ${answer.data}` : JSON.stringify(value);
}

function cellText(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('`', "'").replaceAll('\n', ' ');
}
