import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryLevel } from 'memory-level';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { enrol, readIdentity } from '../../agent/enrol/enrol.js';
import { askGate, type GateTarget, learnTime, openTls } from '../../agent/enrol/gate-client.js';
import { makeKey } from '../../agent/enrol/key-request.js';
import { signerKeyOf } from '../../agent/enrol/trust.js';
import { TrustedTime } from '../../agent/enrol/trusted-time.js';
import type { EnrolAnswer } from '../../protocol/api/fleet.js';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { openSigned } from '../../protocol/signed.js';
import { Fleet } from '../fleet/fleet.js';
import { testSecret } from '../fleet/testing.js';
import { answerErrors } from '../http/plugins/errors.js';
import { State } from '../state/state.js';
import { Gate } from './gate.js';

const DAY_MS = 86_400_000;
const root = mkdtempSync(join(tmpdir(), 'hinomi-gate-'));
afterAll(() => rmSync(root, { recursive: true }));

let aheadMs: number;
let fleet: Fleet;
let gate: Gate;
let notes: string[];
let folder: string;
const gone: string[] = [];
const clock = { now: () => Date.now() + aheadMs, monotonic: systemClock.monotonic };
const world = { clock, random: Math.random, log: silentLogger };

beforeEach(async () => {
  aheadMs = 0;
  notes = [];
  folder = mkdtempSync(join(root, 'agent-'));
  const state = new State(new MemoryLevel<string, string>());
  await state.start();
  fleet = new Fleet({ codeHours: 1, certificateDays: 30, sitesMax: 10 }, mkdtempSync(join(root, 'authority-')), {
    ...world,
    ...state.tables,
    secret: testSecret,
    onGone: (agent) => void gone.push(agent),
  });
  await fleet.start();
  await fleet.addCompany({ id: 'c', name: 'C' });
  await fleet.addSite({ id: 's', company: 'c', name: 'S' });
  gate = await startGate(fleet);
});
afterEach(async () => {
  await gate.close();
  await fleet.close();
});

async function startGate(of: Fleet, names = ['127.0.0.1', 'localhost'], limits: object = {}): Promise<Gate> {
  const config = { connectionsMax: 50, handshakeMs: 2_000, enrolPerMinute: 3, enrolPerMinuteAll: 100 };
  const made = new Gate(
    { host: '127.0.0.1', port: 0, ...config, renewPerHour: 2, asksPerMinute: 100, ...limits },
    {
      ...world,
      fleet: of,
      credentials: async () => {
        const { key, certificate } = await of.authority.issueServer(names, clock.now());
        return { key, certificate, authority: of.authority.pem };
      },
      mqttUrl: (host) => `mqtts://${host}:1`,
      answerErrors,
      note: async (who, what, detail) => void notes.push(`${who} ${what} ${detail}`),
      routes: [(app, peerOf) => app.get('/whoami', async (request) => peerOf(request))],
    },
  );
  await made.start();
  return made;
}

const newCode = async (): Promise<string> => (await fleet.makeCode('s')).code;
const enrolHere = async (more: { code?: string; collector?: string; nowMs?: number } = {}) =>
  enrol({
    collector: gate.url('127.0.0.1'),
    code: more.code ?? (await newCode()),
    dataFolder: folder,
    force: true,
    nowMs: Date.now(),
    ...more,
  });

/** As the box of the identity in the folder, by a clock of its own. */
function asBox(clockMs = () => Date.now()): GateTarget {
  const { key, certificate, authority } = readIdentity(folder);
  const time = new TrustedTime({ now: clockMs, monotonic: systemClock.monotonic });
  return { url: gate.url('127.0.0.1'), expected: { authority }, time, key, certificate };
}
const renew = async (target = asBox()) =>
  (await askGate(target, 'POST', '/renew', { csr: (await makeKey()).csr })).body as EnrolAnswer;

test('a box enrols over TLS, and knows afterwards who signs', async () => {
  const identity = await enrolHere();
  expect(identity.gateUrl).toBe(gate.url('127.0.0.1'));
  expect(identity.mqttUrl).toBe('mqtts://127.0.0.1:1');
  expect(notes).toEqual([`agent:${identity.agent} enrolled s from 127.0.0.1`]);
  const key = signerKeyOf(readIdentity(folder))!;
  const signed = Buffer.from(fleet.signer.sign('command', { x: 1 }));
  expect(openSigned('command', signed, 1_000, key)).toEqual({ x: 1 });
  expect(openSigned('config', signed, 1_000, key)).toBeUndefined();
});

test('the code is not sent to a server of another authority', async () => {
  const other = new State(new MemoryLevel<string, string>());
  await other.start();
  const impostor = new Fleet({ codeHours: 1, certificateDays: 30, sitesMax: 10 }, mkdtempSync(join(root, 'other-')), {
    ...world,
    ...other.tables,
    secret: testSecret,
  });
  await impostor.start();
  let asked = 0;
  impostor.enrol = async () => {
    asked += 1;
    throw new Error('it came');
  };
  const theirs = await startGate(impostor);
  await expect(enrolHere({ collector: theirs.url('127.0.0.1') })).rejects.toMatchObject({
    code: 'ENROL_REFUSED',
    message: expect.stringMatching(/another computer/),
  });
  await theirs.close();
  await impostor.close();
  expect(asked).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
});

test('nor to a server of our authority at another name', async () => {
  const elsewhere = await startGate(fleet, ['collector.example']);
  const code = await newCode();
  await expect(enrolHere({ code, collector: elsewhere.url('127.0.0.1') })).rejects.toMatchObject({
    code: 'PUBLISH_UNREACHABLE',
    cause: expect.objectContaining({ message: expect.stringMatching(/other names/) }),
  });
  await elsewhere.close();
  expect((await enrolHere({ code })).site).toBe('s');
});

test.each([0, Date.parse('2040-01-01')])('a box whose clock says %i enrols, and knows the time then', async (nowMs) => {
  await enrolHere({ nowMs });
  expect(readIdentity(folder).site).toBe('s');
  const target = asBox(() => nowMs);
  await askGate(target, 'GET', '/whoami');
  await learnTime(target);
  expect(Math.abs(target.time.now() - Date.now())).toBeLessThan(5_000);
});

test('a renewed certificate holds beside the old one until the box comes with it', async () => {
  const { certificate: old, agent } = await enrolHere();
  const answer = await renew();
  expect(answer).toMatchObject({ agent, site: 's', gateUrl: gate.url('127.0.0.1') });
  const known = (pem: string) => fleet.identify(fingerprint(pem));
  expect(known(old)?.agent).toBe(agent);
  expect(known(answer.certificate)?.agent).toBe(agent);
  expect([...fleet.agents]).toHaveLength(1);
  await fleet.confirm(known(old)!);
  expect(known(old)?.agent).toBe(agent);
  await fleet.confirm(known(answer.certificate)!);
  expect(known(old)).toBeUndefined();
  expect(known(answer.certificate)?.agent).toBe(agent);
  await expect(renew()).rejects.toMatchObject({ code: 'IDENTITY_UNKNOWN' });
});

test('an expired certificate is renewed, and does nothing else', async () => {
  await enrolHere();
  aheadMs = 40 * DAY_MS;
  await expect(askGate(asBox(clock.now), 'GET', '/whoami')).rejects.toMatchObject({ code: 'AUTH_REQUIRED' });
  const answer = await renew(asBox(clock.now));
  expect(fleet.identify(fingerprint(answer.certificate))?.site).toBe('s');
  expect(notes.at(-1)).toMatch(/renewed s, expired since .*, from 127.0.0.1/);
});

test('a revoked box is nobody, and is told so', async () => {
  const { agent } = await enrolHere();
  await fleet.revoke(agent);
  expect(gone).toContain(agent);
  await expect(askGate(asBox(), 'GET', '/whoami')).rejects.toMatchObject({ code: 'AUTH_REQUIRED' });
  await expect(renew()).rejects.toMatchObject({ code: 'IDENTITY_REVOKED' });
  expect(await fleet.listAgents(['c'])).toMatchObject([{ id: agent, isCurrent: false, revoked: expect.any(String) }]);
  expect(await fleet.listAgents(['x'])).toEqual([]);
  await expect(fleet.revoke(agent)).rejects.toMatchObject({ code: 'FLEET_NOT_FOUND' });
});

test('without a certificate of ours nothing is renewed', async () => {
  await enrolHere();
  const { key: _key, certificate: _certificate, ...nobody } = asBox();
  await expect(renew(nobody)).rejects.toMatchObject({ code: 'AUTH_REQUIRED' });
});

test('attempts are limited, guesses of codes and renewals', async () => {
  await enrolHere();
  await renew();
  await renew();
  await expect(renew()).rejects.toMatchObject({ code: 'AUTH_LIMITED' });
  const wrong = await newCode();
  await enrolHere({ code: wrong });
  await expect(enrolHere({ code: wrong })).rejects.toMatchObject({ code: 'ENROL_CODE_INVALID' });
  await expect(enrolHere()).rejects.toMatchObject({ code: 'AUTH_LIMITED' });
});

test('who says nothing, or no TLS 1.3, keeps nobody from closing', async () => {
  const { port } = gate;
  const silent = await new Promise<Socket>((resolve) => {
    import('node:net').then(({ connect }) => {
      const socket = connect(port, '127.0.0.1', () => resolve(socket));
      socket.on('error', () => {});
    });
  });
  const { connect } = await import('node:tls');
  const reason = await new Promise<string>((resolve) => {
    const old = { host: '127.0.0.1', port, maxVersion: 'TLSv1.2' as const, rejectUnauthorized: false };
    connect(old).on('error', (error) => resolve(error.message));
  });
  expect(reason).toMatch(/version/i);
  const idle = await openTls({ host: '127.0.0.1', port }, 1_000);
  await gate.close();
  silent.destroy();
  idle.destroy();
});

test('a busy port is one clear error', async () => {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await expect(startGate(fleet, undefined, { port })).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' });
  server.close();
});

function fingerprint(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
}
