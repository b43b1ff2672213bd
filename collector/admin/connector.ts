import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { ConnectorList, ConnectorTest, ConnectorView, EdrJob, EdrJobList } from '../../protocol/api/connectors.js';
import type { SiteList } from '../../protocol/api/fleet.js';
import { CodedError } from '../../protocol/base/errors.js';
import { sleep } from '../../protocol/base/time.js';
import { askCollector } from './client.js';
import { type AdminOptions, admin } from './command.js';

type Options = AdminOptions & Record<string, string>;
const at = (id: string | undefined): string => `/connectors/${encodeURIComponent(id ?? '')}`;
const SECRET_BYTES_MAX = 8_192;

/** `hinomi-collector connector ...` */
export function connectorCommands(program: Command): void {
  const connector = program.command('connector').description('accounts at EDR clouds');
  admin<ConnectorView>(
    connector,
    'add <name>',
    'add one; its secret comes on standard input, or from a file',
    add,
    lines,
  )
    .requiredOption('--client-id <id>', 'as the console of the EDR gives it')
    .option('--vendor <vendor>', 'sophos', 'sophos')
    .option('--secret-file <file>', 'where the secret is; default: standard input')
    .option('--id <id>', 'its id; default: a random one')
    .option('--company <id>', 'of credentials that are for one company')
    .option('--site <id>', 'its site')
    .option('--tenant <mapping...>', 'of credentials that are for several: TENANT=COMPANY or TENANT=COMPANY/SITE')
    .option('--auth-url <url>', "where tokens come from, where it is not the maker's own")
    .option('--api-url <url>', "the maker's interface, where it is not its own");
  admin<ConnectorList>(
    connector,
    'list',
    'list them, how they do, and until when everything is here',
    (options) => askCollector(options.data, 'GET', '/connectors'),
    ({ connectors }) => connectors.flatMap(lines),
  );
  const change = (usage: string, description: string, body: (options: Options) => object): Command =>
    admin<ConnectorView>(
      connector,
      usage,
      description,
      (options, id) => askCollector(options.data, 'PATCH', at(id), body(options)),
      lines,
    );
  change('pause <id>', 'ask nothing for a while; jobs go on', () => ({ isPaused: true }));
  change('resume <id>', 'ask again', () => ({ isPaused: false }));
  change('secret <id>', 'replace the secret, from standard input or a file', (options) => ({
    clientSecret: secretOf(options['secretFile']),
  })).option('--secret-file <file>', 'where the secret is; default: standard input');
  change('map <id>', 'say anew which tenants are which companies', (options) => ({
    tenants: mappings(options['tenant']),
  })).requiredOption('--tenant <mapping...>', 'TENANT=COMPANY or TENANT=COMPANY/SITE');
  admin<ConnectorTest>(
    connector,
    'test <id>',
    'sign in, and list what the credentials open',
    (options, id) => askCollector(options.data, 'POST', `${at(id)}/test`),
    ({ kind, tenants }) => [
      `signed in; credentials of a ${kind}`,
      ...tenants.map(
        ({ id, name, company, site }) => `${id}  ${name}  ${company ?? 'NOT MAPPED'}${site ? `/${site}` : ''}`,
      ),
    ],
  );
  admin<object>(
    connector,
    'remove <id>',
    'remove one; its records stay until their time is over',
    (options, id) => askCollector(options.data, 'DELETE', at(id)),
    () => ['removed'],
  );
}

function add(options: Options, name = ''): Promise<ConnectorView> {
  const { authUrl, apiUrl, id, company, site, clientId, vendor } = options;
  if ((authUrl === undefined) !== (apiUrl === undefined)) throw new CodedError('USAGE', 'give both addresses or none');
  return askCollector(options.data, 'POST', '/connectors', {
    ...{ name, vendor, clientId, clientSecret: secretOf(options['secretFile']) },
    ...(id !== undefined && { id }),
    ...(company !== undefined && { company }),
    ...(site !== undefined && { site }),
    ...(options['tenant'] !== undefined && { tenants: mappings(options['tenant']) }),
    ...(authUrl !== undefined && { urls: { auth: authUrl, api: apiUrl } }),
  });
}

/** Never an argument: those are seen by everybody on the machine. */
function secretOf(file: string | undefined): string {
  if (file === undefined && process.stdin.isTTY === true) process.stderr.write('The secret, then Enter and Ctrl-D:\n');
  let text: string;
  try {
    text = readFileSync(file ?? 0, 'utf8');
  } catch (error) {
    throw new CodedError('USAGE', `could not read the secret from ${file ?? 'standard input'}`, {}, { cause: error });
  }
  const secret = text.trim();
  if (secret === '' || text.length > SECRET_BYTES_MAX) throw new CodedError('USAGE', 'there is no secret in it');
  return secret;
}

function mappings(texts: unknown): Array<{ tenant: string; company: string; site?: string }> {
  return (texts as string[]).map((text) => {
    const [, tenant, company, site] = /^([^=]+)=([^/]+)(?:\/(.+))?$/.exec(text) ?? [];
    if (tenant === undefined || company === undefined)
      throw new CodedError('USAGE', `not TENANT=COMPANY or TENANT=COMPANY/SITE: ${text}`);
    return { tenant, company, ...(site !== undefined && { site }) };
  });
}

function lines({ id, name, vendor, isPaused, lastOk, error, streams }: ConnectorView): string[] {
  const state = isPaused ? 'paused' : error !== undefined ? `failing: ${error}` : lastOk === undefined ? 'new' : 'ok';
  return [
    `${id}  ${vendor}  ${name}  ${state}  ${lastOk ?? ''}`.trimEnd(),
    ...streams.map((each) =>
      `  ${each.tenant}  ${each.stream}  ${each.complete ?? 'never'}  ${each.error ?? ''}`.trimEnd(),
    ),
  ];
}

const POLL_MS = 500;
const RESTING = new Set(['effective', 'released', 'failed', 'timed-out']);

/** `hinomi-collector isolate ...`, `scan`, `edr-jobs` */
export function isolateCommands(program: Command): void {
  admin<EdrJob>(
    program,
    'isolate [place] [host]',
    "cut an endpoint off the network through its EDR: SITE or COMPANY, and the host's name or id",
    async (options, place, host) => {
      const release = options['release'];
      if (release !== undefined) {
        const path = `/edr-jobs/${encodeURIComponent(release)}/release`;
        return settled(options, await askCollector(options.data, 'POST', path, { reason: options['reason'] }));
      }
      return settled(options, await order(options, 'isolate', place, host));
    },
    (job) => [jobLine(job)],
  )
    .requiredOption('--reason <text>', 'why, for those who read it later')
    .option('--release <job>', 'end the isolation of a job instead')
    .option('--wait', 'until the state was read back from the cloud');
  admin<EdrJob>(
    program,
    'scan <place> <host>',
    'have the EDR of an endpoint scan it',
    (options, place, host) => order(options, 'scan', place, host),
    (job) => [jobLine(job)],
  ).requiredOption('--reason <text>', 'why, for those who read it later');
  admin<EdrJobList>(
    program,
    'edr-jobs',
    'what EDRs were asked to do, newest first',
    (options) => {
      const company = options['company'] === undefined ? '' : `?company=${encodeURIComponent(options['company'])}`;
      return askCollector(options.data, 'GET', `/edr-jobs${company}`);
    },
    ({ jobs }) => jobs.map(jobLine),
  ).option('--company <id>', 'of one company');
}

async function order(options: Options, kind: string, place?: string, host?: string): Promise<EdrJob> {
  if (place === undefined || host === undefined) throw new CodedError('USAGE', 'give a site or company, and a host');
  const { sites } = await askCollector<SiteList>(options.data, 'GET', '/sites');
  const where = sites.some(({ id }) => id === place) ? { site: place } : { company: place };
  return askCollector(options.data, 'POST', '/edr-jobs', { kind, ...where, host, reason: options['reason'] });
}

async function settled(options: Options, job: EdrJob): Promise<EdrJob> {
  if (options['wait'] === undefined) return job;
  let now = job;
  while (!RESTING.has(now.state)) {
    await sleep(POLL_MS);
    now = await askCollector(options.data, 'GET', `/edr-jobs/${job.id}`);
  }
  return now;
}

function jobLine({ id, kind, state, company, site, endpoint, by, reason, message }: EdrJob): string {
  const where = site === undefined ? company : `${company}/${site}`;
  return [id, kind, state, where, endpoint.name, by, reason, message ?? ''].filter((part) => part !== '').join('  ');
}
