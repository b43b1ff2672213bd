import { type Static, Type } from 'typebox';
import type { SiteConfigVersion } from '../../protocol/api/remote.js';
import { CodedError, describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import type { World } from '../../protocol/base/world.js';
import { decodeReply } from '../../protocol/commands.js';
import type { Box } from './box.js';
import { CommandBook, type StoredCommand } from './command-book.js';
import { ReplyRate } from './reply-rate.js';
import { Results } from './results.js';
import { SiteConfigs, type StoredBoxConfig } from './site-configs.js';
import type { Table } from './table.js';

export type { Box } from './box.js';
export type { StoredCommand } from './command-book.js';
export type { StoredBoxConfig } from './site-configs.js';
export { uploadRoutes } from './upload-routes.js';

const GIB = 2 ** 30;

export const RemoteConfig = Type.Object(
  {
    retentionDays: Type.Integer({ default: 30, minimum: 1, maximum: 3_650, description: 'Of commands and results.' }),
    commandsMax: Type.Integer({
      default: 16,
      minimum: 1,
      maximum: 1_000,
      description: 'Of one site that are not done yet.',
    }),
    resultBytesMax: Type.Integer({ default: GIB / 4, minimum: 1_024, maximum: 4 * GIB, description: 'Of one result.' }),
    siteBytesMax: Type.Integer({
      default: GIB,
      minimum: 1_024,
      description: 'Results of one site; the oldest make room.',
    }),
    bytesMax: Type.Integer({
      default: 8 * GIB,
      minimum: 1_024,
      description: 'Results of all sites; the oldest make room.',
    }),
    answerMs: Type.Integer({
      default: 10_000,
      minimum: 10,
      maximum: 3_600_000,
      description: 'After the end of a command, until it is told that no answer came.',
    }),
    uploadMs: Type.Integer({
      default: 4_200_000,
      minimum: 1_000,
      maximum: 604_800_000,
      description: 'How long a box may take to bring a result.',
    }),
  },
  { additionalProperties: false },
);
export type RemoteConfig = Static<typeof RemoteConfig>;

export interface RemoteDeps extends World {
  readonly commands: Table<StoredCommand>;
  readonly siteConfigs: Table<SiteConfigVersion>;
  readonly boxConfigs: Table<StoredBoxConfig>;
  /** Where results are kept. */
  readonly folder: string;
  /** Which company's a site is. */
  companyOf(site: string): Promise<string | undefined>;
  boxOf(site: string): Box | undefined;
  isConnected(agent: string): boolean;
  sign(context: 'command' | 'config', body: object): string;
  send(box: Box, kind: 'command' | 'config', message: Buffer): void;
  /** For the audit log. */
  note(who: string, what: string, facts: { company?: string; detail?: string }): Promise<void>;
  /** A box has said how it is with its configuration. */
  onBoxConfig?(box: Box, said: StoredBoxConfig): void;
}

/** The collector's hand: commands and configurations for boxes, and what became of them. */
export class RemoteHand implements Component {
  readonly name = 'remote';
  readonly commands: CommandBook;
  readonly configs: SiteConfigs;
  readonly results: Results;
  readonly #deps: RemoteDeps;
  readonly #rate: ReplyRate;

  constructor(config: RemoteConfig, deps: RemoteDeps) {
    this.#deps = { ...deps, log: deps.log.child({ component: 'remote' }) };
    this.results = new Results(config, this.#deps);
    this.commands = new CommandBook(config, { ...this.#deps, results: this.results });
    this.configs = new SiteConfigs(this.#deps);
    this.#rate = new ReplyRate(deps.clock);
  }

  async start(): Promise<void> {
    await this.results.start();
    await this.commands.start();
  }

  async close(): Promise<void> {
    await this.commands.close();
  }

  /** A box has said hello: what waited for it goes out. What it runs with it says by itself. */
  onOnline(box: Box): void {
    this.#look(box, this.commands.onOnline(box));
  }

  /** On `up/reply`. What is not understood, or is too much, is left out. */
  onReply(box: Box, payload: Uint8Array): void {
    if (!this.#rate.take(box.agent)) return;
    const reply = decodeReply(payload);
    if (reply === undefined) this.#deps.log.warn({ agent: box.agent }, 'a reply that is not understood');
    else
      this.#look(box, reply.kind === 'config' ? this.configs.onReply(box, reply) : this.commands.onReply(box, reply));
  }

  /** @param companies that the caller may see; undefined: all @throws FLEET_NOT_FOUND */
  async mustSee(companies: readonly string[] | undefined, site: string): Promise<string> {
    const company = await this.#deps.companyOf(site);
    if (company === undefined || companies?.includes(company) === false)
      throw new CodedError('FLEET_NOT_FOUND', `there is no site ${site}`);
    return company;
  }

  #look({ agent }: Box, work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#deps.log.error({ agent, error: describeError(error) }, 'what a box said could not be written down');
    });
  }
}
