import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { CodedError } from '../protocol/base/errors.js';
import { machineBoot } from '../protocol/base/machine.js';
import { Scope } from '../protocol/base/scope.js';
import type { World } from '../protocol/base/world.js';
import { encodeAck } from '../protocol/codec.js';
import { Lookout } from './alert/lookout.js';
import { poisoned } from './alert/poisoned.js';
import { Backup } from './backup/backup.js';
import { Broker } from './broker/broker.js';
import { makeConnectors } from './compose-connectors.js';
import { tellDamages } from './compose-damage.js';
import { makeDiskWatch } from './compose-disk.js';
import { startEngine } from './compose-engine.js';
import { confirmed, makeGate, ServerCertificates, serverCredentials } from './compose-gate.js';
import { makeRollCall, tellAtSite } from './compose-presence.js';
import { makeConfigWatch, makeRemoteHand } from './compose-remote.js';
import { recentSights } from './compose-sights.js';
import { sourcesOf } from './compose-sources.js';
import type { CollectorConfig } from './config.js';
import { ContactBook } from './fleet/contact-book.js';
import { Duplicates } from './fleet/duplicates.js';
import { Fleet, vaultSecret } from './fleet/fleet.js';
import { HttpServer } from './http/server.js';
import { ArrivalClock } from './ingest/arrival-clock.js';
import { DeadLetters } from './ingest/dead-letters.js';
import { Ingest } from './ingest/ingest.js';
import { Asking } from './query/asking.js';
import { uploadRoutes } from './remote/remote.js';
import { State } from './state/state.js';
import { columnOf, REST_COLUMN } from './store/columns.js';
import { Housekeeping } from './users/housekeeping.js';
import { Users } from './users/users.js';

/** Present while the collector is ready: where it listens. */
const LISTENING_FILE = 'listening.json';

/** Starts from the sink and ends at the source, so that closing stops the source first and drains downwards. */
export async function startCollector(config: CollectorConfig, world: World): Promise<Scope> {
  const scope = new Scope();
  try {
    makeFolder(config.data);
    const metrics = new Registry();
    collectDefaultMetrics({ register: metrics });
    const state = await scope.start(new State(join(config.data, 'state'), machineBoot()));
    const arrivals = new ArrivalClock(world.clock);
    const { store, teller } = await startEngine(scope, config, { ...world, metrics, state, arrivals });
    const deadLetters = await scope.start(new DeadLetters(state.tables.deadLetters, world, metrics));
    const fleet: Fleet = await scope.start(
      new Fleet(config.fleet, join(config.data, 'authority'), {
        ...world,
        ...state.tables,
        secret: (mayMake) => vaultSecret(config.fleet, config.data, mayMake),
        onGone: (agent) => broker.disconnect(agent),
        sightOf: (agent) => lookout.sightOf(agent),
        deadLettersOf: (agent) => deadLetters.countOf(agent),
      }),
    );
    await scope.start(
      new ContactBook({
        ...world,
        presences: fleet.presences,
        agents: () => fleet.agents,
        contacts: state.tables.contacts,
      }),
    );
    const lookout: Lookout = await scope.start(
      new Lookout(config.lookout, {
        ...world,
        boxes: () => fleet.agents,
        connectedSinceMs: (agent) => fleet.presences.connectedSinceMs(agent),
        recent: (fromMs) => recentSights(store, fromMs, world.clock.now()),
        tell: (box, telling) => teller.tell(box, telling),
      }),
    );
    const tell = tellAtSite(teller, lookout);
    await scope.start(makeRollCall(config, { ...world, fleet, state, tell }));
    const duplicates = await scope.start(new Duplicates({ ...world, tell }));
    const { tables } = state;
    const configWatch = await scope.start(makeConfigWatch({ ...world, fleet, tables, tell }));
    const onBoxConfig = configWatch.onSaid.bind(configWatch);
    const remote = await scope.start(
      makeRemoteHand(config, { ...world, fleet, tables, broker: () => broker, onBoxConfig }),
    );
    const broker: Broker = new Broker(config.broker, {
      ...world,
      metrics,
      credentials: (names) => serverCredentials(fleet, names, world.clock.now()),
      identify: (fingerprint) => fleet.identify(fingerprint),
      onBatch: (peer, payload) => ingest.accept(peer, payload),
      onStatus: (peer, status, connection) => {
        fleet.presences.onStatus(peer.agent, status, connection);
        if (status.state !== 'online') return;
        confirmed(fleet, peer, world);
        if (status.boot !== undefined) void duplicates.onBirth(peer, status.boot);
        remote.onOnline(peer);
      },
      onReply: (peer, payload) => remote.onReply(peer, payload),
      onConnect: (peer, connection, address) => fleet.presences.onConnect(peer.agent, connection, address),
      onDisconnect: (peer, connection) => fleet.presences.onDisconnect(peer.agent, connection),
      onRoundTrip: (peer, ms) => fleet.presences.onRoundTrip(peer.agent, ms),
    });
    const ingest = await scope.start(
      new Ingest(config.ingest, {
        ...world,
        metrics,
        store,
        arrivals,
        doneMarks: state.tables.doneMarks,
        deadLetters,
        acknowledge: (sender, ack) => broker.send(sender, 'ack', encodeAck(ack)),
        onBatch: (sender, records, bytes, clockMs) => fleet.presences.onBatch(sender.agent, records, bytes, clockMs),
        onStored: (sender, records) => lookout.onStored(sender, records),
        tellPoison: async (sender, reason) => (await teller.tell(sender, poisoned(reason))) !== undefined,
      }),
    );
    scope.onClose('damages', await tellDamages(state, store, { ...world, teller }));
    await scope.start(makeDiskWatch(config, { ...world, metrics, store, teller, ingest }));
    await scope.start(broker);
    const gate = await scope.start(
      makeGate(config, {
        ...world,
        fleet,
        auditTable: state.tables.audit,
        broker: () => broker,
        routes: [uploadRoutes(remote)],
      }),
    );
    await scope.start(new ServerCertificates([broker, gate], world));
    const connectors = await scope.start(makeConnectors(config, { ...world, fleet, state, store, teller, arrivals }));
    const users = new Users(config.users, { ...world, ...state.tables, vault: fleet.vault });
    await scope.start(new Housekeeping(config.users, { ...world, users, audit: state.tables.audit }));
    const http = await scope.start(
      new HttpServer(config.http, config.data, {
        ...world,
        metrics,
        users,
        fleet,
        deadLetters,
        remote,
        sources: { of: (site, companies) => sourcesOf(store, site, companies, world.clock.now()) },
        connectors,
        events: new Asking({ ...world, columnOf, restColumn: REST_COLUMN, search: (request) => store.search(request) }),
        backup: new Backup({
          ...world,
          authorityFolder: join(config.data, 'authority'),
          dumpState: () => state.dump(),
          backupTable: (folder) => store.backup(folder),
        }),
        auditTable: state.tables.audit,
        mqttUrl: (host) => `mqtts://${host}:${broker.port}`,
        gateUrl: (host) => gate.url(host),
        checkHealth: async () => {
          await state.tables.companies.list({ limit: 1 });
          await store.ping();
        },
      }),
    );
    const mqttUrl = `mqtts://127.0.0.1:${broker.port}`;
    announce(scope, config.data, { httpUrl: http.url, mqttUrl, gateUrl: gate.url('127.0.0.1') });
    return scope;
  } catch (error) {
    await scope.close();
    throw error;
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, '.writable'), '');
    rmSync(join(folder, '.writable'));
  } catch (error) {
    throw new CodedError('DATA_FOLDER', `cannot use the data folder ${folder}`, { folder }, { cause: error });
  }
}

/** Tells scripts where we are, whole or not at all; taken back at the end. */
function announce(scope: Scope, folder: string, urls: { httpUrl: string; mqttUrl: string; gateUrl: string }): void {
  const file = join(folder, LISTENING_FILE);
  writeFileSync(`${file}.new`, `${JSON.stringify({ ...urls, pid: process.pid })}\n`);
  renameSync(`${file}.new`, file);
  scope.onClose('listening.json', () => rmSync(file, { force: true }));
}
