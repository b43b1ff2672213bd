import type { Command } from 'commander';
import type { AuditEntry, AuditList } from '../../protocol/api/audit.js';
import { askCollector } from './client.js';
import { admin } from './command.js';

/** `hinomi-collector audit` */
export function auditCommands(program: Command): void {
  admin<AuditList>(
    program,
    'audit',
    'who looked at or changed what, newest first',
    ({ data, limit = '100', who, company, text, from, to, before }) => {
      const given = { limit, who, company, text, from, to, before };
      const query = Object.entries(given).filter((pair): pair is [string, string] => pair[1] !== undefined);
      return askCollector(data, 'GET', `/audit?${new URLSearchParams(query)}`);
    },
    ({ entries, next }) => [...entries.map(line), ...(next === undefined ? [] : [`more: --before ${next}`])],
  )
    .option('--limit <n>', 'so many entries', '100')
    .option('--who <name>', 'of this person, or token:ID, agent:ID')
    .option('--company <id>', 'about this company')
    .option('--text <words>', 'with this in what, detail or address')
    .option('--from <time>', 'from this time on, RFC 3339')
    .option('--to <time>', 'before this time')
    .option('--before <id>', 'the page before this entry');
}

function line({ at, who, what, company, detail, address }: AuditEntry): string {
  return [at, who, what, detail, company && `company ${company}`, address && `from ${address}`]
    .filter((part) => part !== undefined && part !== '')
    .join('  ');
}
