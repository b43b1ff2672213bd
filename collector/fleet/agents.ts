import { X509Certificate } from 'node:crypto';
import { CodedError } from '../../protocol/base/errors.js';
import { isoMillis } from '../../protocol/base/time.js';
import type { World } from '../../protocol/base/world.js';
import { type Authority, fingerprintOf, type Issued } from './authority.js';

export interface Agent {
  readonly id: string;
  readonly site: string;
  readonly company: string;
  readonly created: string;
  readonly certificate: string;
  readonly expires: string;
  readonly next?: { readonly certificate: string; readonly expires: string };
  readonly revoked?: string;
}

/** Who an authenticated agent is. */
export interface Identity {
  readonly agent: string;
  readonly site: string;
  readonly company: string;
  /** SHA-256 of the certificate by which it came, hex. */
  readonly certificate: string;
}

interface Table {
  get(key: string): Promise<Agent | undefined>;
  update(key: string, change: (value: Agent) => Agent | undefined): Promise<Agent | undefined>;
  list(): Promise<Array<[string, Agent]>>;
}

export interface AgentsDeps extends World {
  readonly table: Table;
  readonly certificateMs: number;
  authority(): Authority;
  /** An identity ended: what is connected by it has to go. */
  onGone(agent: string): void;
}

const DAY_MS = 86_400_000;

/** The boxes' identities: which certificate is whose, how it is renewed and how it ends. */
export class Agents {
  readonly #deps: AgentsDeps;
  /** Certificate fingerprint -> who that is. All of them: asked at each connection. */
  readonly #identities = new Map<string, Identity>();
  /** The boxes that are enrolled now. */
  readonly #current = new Map<string, Agent>();

  constructor(deps: AgentsDeps) {
    this.#deps = deps;
  }

  /** @param current ids of the agents that are their site's box now */
  async start(current: ReadonlySet<string>): Promise<void> {
    for (const [id, agent] of await this.#deps.table.list()) if (current.has(id)) this.#know(agent);
  }

  /** The agent whose certificate this is. A box that was revoked, or replaced at its site, is nobody. */
  identify(fingerprint: string): Identity | undefined {
    return this.#identities.get(fingerprint);
  }

  /** The boxes that are enrolled now. */
  *all(): Iterable<Identity> {
    for (const { id, site, company, certificate } of this.#current.values())
      yield { agent: id, site, company, certificate };
  }

  /** What is known of a box that is enrolled now. */
  find(agent: string): Agent | undefined {
    return this.#current.get(agent);
  }

  /** Makes a box's identity. @throws ENROL_REFUSED */
  async issue(csr: string, names: { agent: string; site: string }): Promise<Issued> {
    const days = this.#deps.certificateMs / DAY_MS;
    return this.#deps.authority().issueAgent(csr, names.agent, names.site, days, this.#deps.clock.now());
  }

  /** A new box takes the place of all others of its site. */
  add(agent: Agent): void {
    for (const { id, site } of [...this.#current.values()]) if (site === agent.site) this.#forget(id);
    this.#know(agent);
  }

  /**
   * A new certificate for a box that shows its present one, which may have expired. Both hold until the box comes with
   * the new one.
   * @throws IDENTITY_REVOKED, IDENTITY_UNKNOWN, ENROL_REFUSED
   */
  async renew(certificate: X509Certificate, csr: string): Promise<Issued & { agent: Agent }> {
    const agent = await this.#holderOf(certificate);
    const issued = await this.issue(csr, { agent: agent.id, site: agent.site });
    const next = { certificate: issued.fingerprint, expires: isoMillis(issued.expires.getTime()) };
    const changed = await this.#change(agent.id, (value) =>
      value.revoked === undefined ? { ...value, next } : undefined,
    );
    if (changed === undefined) throw revoked();
    this.#deps.log.info({ agent: agent.id, site: agent.site, expires: next.expires }, 'certificate renewed');
    return { ...issued, agent };
  }

  /** A box came with this certificate: if it is the new one, the old one ends. */
  async confirm({ agent, certificate }: Pick<Identity, 'agent' | 'certificate'>): Promise<void> {
    if (this.#current.get(agent)?.next?.certificate !== certificate) return;
    await this.#change(agent, ({ next, ...value }) =>
      next?.certificate === certificate ? { ...value, ...next } : undefined,
    );
    this.#deps.log.info({ agent }, 'a box uses its new certificate; the old one has ended');
  }

  /** Ends a box's identity at once. @returns undefined when there is no such box that is enrolled */
  async revoke(id: string): Promise<Agent | undefined> {
    const agent = this.#current.get(id);
    if (agent === undefined) return undefined;
    const at = isoMillis(this.#deps.clock.now());
    const changed = await this.#deps.table.update(id, (value) => ({ ...value, revoked: at }));
    this.#forget(id);
    this.#deps.log.warn({ agent: id, site: agent.site }, 'identity revoked');
    return changed ?? agent;
  }

  async #change(id: string, change: (value: Agent) => Agent | undefined): Promise<Agent | undefined> {
    const changed = await this.#deps.table.update(id, change);
    // Not one that was ended meanwhile.
    if (changed !== undefined && changed.revoked === undefined && this.#current.has(id)) {
      this.#drop(id);
      this.#know(changed);
    }
    return changed;
  }

  /**
   * The box that shows a certificate, expired or not. A certificate of ours that ends later than the ones we know was
   * given before our state was brought back from a backup: it is as good.
   */
  async #holderOf(certificate: X509Certificate): Promise<Agent> {
    const authority = new X509Certificate(this.#deps.authority().pem);
    if (!certificate.verify(authority.publicKey)) throw unknown('it is not of this collector');
    const known = this.#identities.get(fingerprintOf(certificate.raw));
    const id = known?.agent ?? /^CN=([A-Za-z0-9_-]{1,64})$/m.exec(certificate.subject)?.[1] ?? '';
    const agent = this.#current.get(id);
    if (agent === undefined) {
      const former = await this.#deps.table.get(id);
      if (former?.revoked !== undefined) throw revoked();
      throw unknown('its box was replaced or removed');
    }
    if (known !== undefined) return agent;
    if (Date.parse(certificate.validTo) > Date.parse(agent.expires) && isOfAgent(certificate, agent)) return agent;
    throw unknown('another one has taken its place');
  }

  #know(agent: Agent): void {
    if (agent.revoked !== undefined) return;
    const { id, site, company } = agent;
    this.#current.set(id, agent);
    for (const certificate of [agent.certificate, agent.next?.certificate])
      if (certificate !== undefined) this.#identities.set(certificate, { agent: id, site, company, certificate });
  }

  #drop(id: string): void {
    const agent = this.#current.get(id);
    this.#current.delete(id);
    for (const certificate of [agent?.certificate, agent?.next?.certificate])
      if (certificate !== undefined) this.#identities.delete(certificate);
  }

  #forget(id: string): void {
    this.#drop(id);
    this.#deps.onGone(id);
  }
}

const CLIENT_USAGE = '1.3.6.1.5.5.7.3.2';

function isOfAgent(certificate: X509Certificate, { id, site }: Agent): boolean {
  const isClient = certificate.keyUsage?.includes(CLIENT_USAGE) ?? false;
  return isClient && certificate.subject === `CN=${id}\nOU=${site}\nO=Hinomi`;
}

const revoked = (): CodedError => new CodedError('IDENTITY_REVOKED', 'the identity of this box was ended');
const unknown = (why: string): CodedError => new CodedError('IDENTITY_UNKNOWN', `this certificate is nobody’s: ${why}`);
