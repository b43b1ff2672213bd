import type { BoxConfig, SiteConfig, SiteConfigVersion } from '../../protocol/api/remote.js';
import { ERROR_CODES, type ErrorCode, remedyOf } from '../../protocol/base/error-codes.js';
import { CodedError } from '../../protocol/base/errors.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import { CONFIG_BYTES_MAX, type ConfigReply, flawOfSettings, REMOTE_VERSION } from '../../protocol/commands.js';
import type { Box } from './box.js';
import type { Table } from './table.js';

/** The key is the box. */
export type StoredBoxConfig = Omit<BoxConfig, 'agent'>;

export interface SiteConfigsDeps extends World {
  readonly siteConfigs: Table<SiteConfigVersion>;
  readonly boxConfigs: Table<StoredBoxConfig>;
  boxOf(site: string): Box | undefined;
  isConnected(agent: string): boolean;
  sign(context: 'config', body: object): string;
  send(box: Box, kind: 'config', message: Buffer): void;
  note(who: string, what: string, facts: { company?: string; detail?: string }): Promise<void>;
  /** Each time a box says how it is with its configuration, news or not. */
  onBoxConfig?(box: Box, said: Omit<BoxConfig, 'agent'>): void;
}

const VERSIONS_KEPT = 100;
const VERSION_DIGITS = 12;
/** Room for the envelope of a signed message, and for the quotes that its body takes. */
const SETTINGS_BYTES_MAX = CONFIG_BYTES_MAX / 4;

/** What each site is to run with, version by version, and what its box says about it. */
export class SiteConfigs {
  readonly #deps: SiteConfigsDeps;
  /** Changes of one site after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: SiteConfigsDeps) {
    this.#deps = deps;
  }

  async of(site: string): Promise<SiteConfig> {
    const [desired] = await this.history(site, 1);
    const agent = this.#deps.boxOf(site)?.agent;
    const said = agent === undefined ? undefined : await this.#deps.boxConfigs.get(agent);
    return {
      site,
      ...(desired === undefined ? {} : { desired }),
      ...(said === undefined || agent === undefined ? {} : { box: withRemedy({ agent, ...said }) }),
    };
  }

  async history(site: string, limit = VERSIONS_KEPT): Promise<SiteConfigVersion[]> {
    return (await this.#deps.siteConfigs.list({ prefix: `${site}:`, reverse: true, limit })).map(([, value]) => value);
  }

  /** A new version; the box gets it now or at its next connection. @throws REMOTE_CONFIG_INVALID */
  async set(site: string, settings: Record<string, unknown>, by: string): Promise<SiteConfig> {
    const flaw = flawOfSettings(settings);
    if (flaw !== undefined) throw new CodedError('REMOTE_CONFIG_INVALID', flaw);
    if (Buffer.byteLength(JSON.stringify(settings)) > SETTINGS_BYTES_MAX)
      throw new CodedError('REMOTE_CONFIG_INVALID', `the settings are longer than ${SETTINGS_BYTES_MAX} bytes`);
    const box = this.#deps.boxOf(site);
    const seen = box === undefined ? 0 : ((await this.#deps.boxConfigs.get(box.agent))?.seen ?? 0);
    const made = await this.#add(site, settings, by, seen);
    if (box !== undefined && this.#deps.isConnected(box.agent)) this.#send(box, made);
    return this.of(site);
  }

  /** A box says what it runs with: at each connection, and when that changes. */
  async onReply(box: Box, { state, running, seen, at, failed }: ConfigReply): Promise<void> {
    const before = await this.#deps.boxConfigs.get(box.agent);
    const said: StoredBoxConfig = { state, running, seen, at: isoMillis(at), ...(failed && { failed }) };
    if (isNews(before, said)) {
      await this.#deps.boxConfigs.put(box.agent, said);
      const why = failed === undefined ? '' : `, version ${failed.version}: ${failed.code} ${failed.message}`;
      const detail = `${box.site}: ${state}, runs with version ${running}${why}`;
      await this.#deps.note(`agent:${box.agent}`, 'configuration', { company: box.company, detail });
    }
    this.#deps.onBoxConfig?.(box, said);
    await this.#offer(box, seen);
  }

  /** What the box has not seen yet is sent; its numbers never go back. */
  async #offer(box: Box, seen: number): Promise<void> {
    const [desired] = await this.history(box.site, 1);
    if (desired === undefined || desired.version === seen) return;
    if (desired.version > seen) return this.#send(box, desired);
    // This collector was put back to an earlier state, or another box was at the site: the box would refuse the number.
    const made = await this.#add(box.site, desired.settings, desired.by, seen);
    this.#send(box, made);
  }

  #add(site: string, settings: Record<string, unknown>, by: string, seen: number): Promise<SiteConfigVersion> {
    const work = this.#turn.then(async () => {
      const [latest] = await this.history(site, 1);
      const version = Math.max(latest?.version ?? 0, seen) + 1;
      const made = { version, settings, by, at: isoMillis(this.#deps.clock.now()) };
      await this.#deps.siteConfigs.put(`${site}:${String(version).padStart(VERSION_DIGITS, '0')}`, made);
      await this.#forgetOld(site);
      return made;
    });
    this.#turn = work.catch(() => {});
    return work;
  }

  async #forgetOld(site: string): Promise<void> {
    const all = await this.#deps.siteConfigs.list({ prefix: `${site}:`, reverse: true });
    for (const [key] of all.slice(VERSIONS_KEPT)) await this.#deps.siteConfigs.delete(key);
  }

  #send(box: Box, { version, settings }: SiteConfigVersion): void {
    const { agent, site } = box;
    const body = { v: REMOTE_VERSION, agent, site, version, issued: this.#deps.clock.now(), settings };
    this.#deps.send(box, 'config', Buffer.from(this.#deps.sign('config', body)));
  }
}

function isNews(before: StoredBoxConfig | undefined, now: StoredBoxConfig): boolean {
  const without = ({ at: _at, ...rest }: StoredBoxConfig): string => JSON.stringify(rest);
  return before === undefined || without(before) !== without(now);
}

function withRemedy({ failed, ...box }: BoxConfig): BoxConfig {
  if (failed === undefined) return box;
  const isKnown = Object.hasOwn(ERROR_CODES, failed.code);
  return { ...box, failed: { ...failed, ...(isKnown && { remedy: remedyOf(failed.code as ErrorCode) }) } };
}
