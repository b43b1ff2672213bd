import type { Command } from 'commander';
import type { AgentList, RevokedAgent } from '../../protocol/api/fleet.js';
import { askCollector } from './client.js';
import { admin } from './command.js';

/** `hinomi-collector agent ...` */
export function agentCommands(program: Command): void {
  const agent = program.command('agent').description('identities of boxes');
  admin<AgentList>(
    agent,
    'list',
    'list boxes with their certificates, those too that were replaced or revoked',
    (options) => askCollector(options.data, 'GET', '/agents'),
    ({ agents }) =>
      agents.map(({ id, site, expires, isCurrent, revoked }) => {
        const state = revoked === undefined ? (isCurrent ? 'current' : 'replaced') : `revoked ${revoked}`;
        return `${id}  ${site}  ${state}  certificate until ${expires}`;
      }),
  );
  admin<RevokedAgent>(
    agent,
    'revoke <id>',
    "end a box's identity and its connection at once; it has to be enrolled anew",
    (options, id) => askCollector(options.data, 'POST', `/agents/${encodeURIComponent(id)}/revoke`),
    ({ agent: id, site }) => [`${id}  of site ${site}  revoked`],
  );
}
