import { describeError } from '../protocol/base/errors.js';
import type { Component } from '../protocol/base/scope.js';
import type { World } from '../protocol/base/world.js';
import type { Broker, Peer } from './broker/broker.js';
import type { CollectorConfig } from './config.js';
import type { Fleet } from './fleet/fleet.js';
import { Gate, type GateCredentials, type GateRoutes } from './gate/gate.js';
import { Audit } from './http/audit.js';
import { answerErrors } from './http/plugins/errors.js';

export interface GateParts extends World {
  readonly fleet: Fleet;
  readonly auditTable: ConstructorParameters<typeof Audit>[0];
  broker(): Broker;
  readonly routes?: readonly GateRoutes[];
}

/** The way in for boxes beside MQTT. */
export function makeGate(config: CollectorConfig, parts: GateParts): Gate {
  const audit = new Audit(parts.auditTable, parts);
  return new Gate(config.gate, {
    ...parts,
    credentials: () => serverCredentials(parts.fleet, config.broker.names, parts.clock.now()),
    mqttUrl: (host) => `mqtts://${host}:${parts.broker().port}`,
    answerErrors,
    note: (who, what, detail) => audit.note(who, what, { detail }),
  });
}

/** A box has come with this certificate: where it is a renewed one, the old one ends. */
export function confirmed(fleet: Fleet, { agent, certificate }: Peer, { log }: World): void {
  if (certificate === undefined) return;
  fleet.confirm({ agent, certificate }).catch((error: unknown) => {
    log.error({ agent, error: describeError(error) }, 'a renewed certificate could not be confirmed; next time it is');
  });
}

const DAY_MS = 86_400_000;

/** Servers that run for longer than their certificate lives get a new one each day. */
export class ServerCertificates implements Component {
  readonly name = 'server certificates';
  readonly #servers: readonly { readonly name: string; renewCredentials(): Promise<void> }[];
  readonly #log: World['log'];
  #timer: NodeJS.Timeout | undefined;

  constructor(servers: readonly (Broker | Gate)[], { log }: World) {
    this.#servers = servers;
    this.#log = log;
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#renew(), DAY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
  }

  async #renew(): Promise<void> {
    for (const server of this.#servers)
      await server.renewCredentials().catch((error: unknown) => {
        this.#log.error({ server: server.name, error: describeError(error) }, 'no new server certificate');
      });
  }
}

/** For the servers that boxes reach. */
export async function serverCredentials(
  fleet: Fleet,
  names: readonly string[],
  nowMs: number,
): Promise<GateCredentials> {
  const { key, certificate } = await fleet.authority.issueServer(names, nowMs);
  return { key, certificate, authority: fleet.authority.pem };
}
