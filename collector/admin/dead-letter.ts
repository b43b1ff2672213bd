import type { Command } from 'commander';
import type { DeadLetter, DeadLetterList, DeadLettersRemoved } from '../../protocol/api/dead-letters.js';
import { askCollector } from './client.js';
import { admin } from './command.js';

/** `hinomi-collector dead-letter ...` */
export function deadLetterCommands(program: Command): void {
  const letter = program.command('dead-letter').description('what could not be stored as records');
  admin<DeadLetterList>(
    letter,
    'list',
    'how many of which agent and why, and the newest of them',
    ({ data, agent, before, limit = '50' }) =>
      askCollector(
        data,
        'GET',
        `/dead-letters?${new URLSearchParams({ limit, ...(agent !== undefined && { agent }), ...(before !== undefined && { before }) })}`,
      ),
    ({ deadLetters, total, byAgent, byReason, next }) => [
      ...deadLetters.map(({ id, site, bytes, reason }) => `${id}  ${site}  ${bytes} bytes  ${reason}`),
      ...byAgent.map(({ agent, count, newest }) => `${agent}: ${count}, the newest ${newest}`),
      ...byReason.map(({ reason, count }) => `${count}: ${reason}`),
      `${total} in all`,
      ...(next === undefined ? [] : [`older ones: --before ${next}`]),
    ],
  )
    .option('--agent <id>', 'of this agent')
    .option('--before <id>', 'older than this one')
    .option('--limit <n>', 'so many', '50');
  admin<DeadLetter>(
    letter,
    'show <id>',
    'one of them with its content',
    ({ data }, id) => askCollector(data, 'GET', `/dead-letters/${encodeURIComponent(id)}`),
    ({ at, site, agent, lane, seq, reason, bytes, text, content }) => [
      `${at}  ${site}  ${agent}  ${lane ?? '?'}:${seq ?? '?'}  ${bytes} bytes`,
      reason,
      text ?? `(base64) ${content}`,
    ],
  );
  admin<DeadLettersRemoved>(
    letter,
    'remove <id>',
    'somebody has seen to it: one of them goes',
    ({ data }, id) => askCollector(data, 'DELETE', `/dead-letters/${encodeURIComponent(id)}`),
    ({ removed }) => [`removed ${removed}`],
  );
  admin<DeadLettersRemoved>(
    letter,
    'clear <agent>',
    'all of an agent go',
    ({ data }, agent) => askCollector(data, 'DELETE', `/dead-letters?${new URLSearchParams({ agent })}`),
    ({ removed }) => [`removed ${removed}`],
  );
}
