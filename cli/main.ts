import { Command, Option } from 'commander';
import { EVENTS_LIMIT_DEFAULT } from '../protocol/api/events.js';
import { runCommand } from '../protocol/base/cli.js';
import { CodedError, hasCode } from '../protocol/base/errors.js';
import { connectionFrom, getEvents } from './api.js';
import { FORMATS, type Format, formatRecords } from './formats.js';
import { widthOf } from './width.js';

const NAME = 'hinomi';
const COLUMNS_DEFAULT = 160;

interface QueryOptions {
  readonly from: string;
  readonly to: string;
  readonly limit: string;
  readonly by: 'event' | 'ingested';
  readonly format: Format;
  readonly url?: string;
  readonly tokenFile?: string;
}

async function query(text: string, options: QueryOptions): Promise<void> {
  const connection = connectionFrom(options, process.env);
  const { from, to, limit, by } = options;
  const answer = await getEvents(connection, { q: text, from, to, limit, by }).catch((error: unknown) => {
    throw withMark(error, text);
  });
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.stdout.write(formatRecords(answer.events, options.format, process.stdout.columns ?? COLUMNS_DEFAULT));
  if (options.format !== 'table') return;
  const more = answer.hasMore ? `; there are more: raise --limit or narrow the time` : '';
  process.stderr.write(`${answer.events.length} records, ${Math.round(answer.tookMs)} ms${more}\n`);
}

/** Shows where in the query the trouble is. */
function withMark(error: unknown, text: string): unknown {
  if (!hasCode(error, 'QUERY_INVALID') || typeof error.facts['position'] !== 'number') return error;
  // One line, whatever was pasted: the mark is below it.
  const line = text.replaceAll(/\p{Cc}/gu, ' ');
  const blanks = ' '.repeat(widthOf(line.slice(0, error.facts['position'])));
  process.stderr.write(`  ${line}\n  ${blanks}^\n`);
  return new CodedError('QUERY_INVALID', error.message);
}

const program = new Command(NAME).description('ask the monitoring centre');
program
  .command('query')
  .description('records that match, newest first')
  .argument('[query]', "such as 'event.dataset:dns AND source.ip:192.168.0.0/16'; nothing: all", '')
  .option('--from <time>', 'now-15m, today, 2026-11-23, or RFC 3339', 'now-24h')
  .option('--to <time>', 'the same', 'now')
  .option('--limit <count>', 'records at most', String(EVENTS_LIMIT_DEFAULT))
  .addOption(
    new Option('--by <time>', 'range and order by when it happened, or by when it reached the collector')
      .choices(['event', 'ingested'])
      .default('event'),
  )
  .addOption(new Option('--format <format>', 'how to print').choices([...FORMATS]).default('table'))
  .option('--url <url>', 'the collector; default: HINOMI_URL, or http://127.0.0.1:8080')
  .option('--token-file <file>', 'file with the API token; default: HINOMI_TOKEN')
  .action((text: string, options: QueryOptions) => runCommand(NAME, () => query(text, options)));

await program.parseAsync();
