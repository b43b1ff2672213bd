import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Target } from '../config.js';
import {
  counter32,
  counter64,
  FakeAgent,
  gauge,
  integer,
  text,
  ticks,
  tlv,
  type Value,
} from '../testing/fake-agent.js';
import { depsOf, probeOnce, targetOf } from '../testing/peers.js';

const SECRET = 'himitsu-community';
const MINUTE = 60_000;
const IF = '1.3.6.1.2.1.2.2.1';
const IFX = '1.3.6.1.2.1.31.1.1.1';

let agent: FakeAgent;
let target: Target;
beforeEach(async () => {
  agent = new FakeAgent();
  const port = await agent.listen();
  target = targetOf({ timeoutMs: 5_000, snmp: { host: '127.0.0.1', port, version: '2c', communitySecret: 'c' } });
  agent.values = new Map<string, Value>([
    ['1.3.6.1.2.1.1.1.0', text('A switch')],
    ['1.3.6.1.2.1.1.3.0', ticks(100_000)],
    ['1.3.6.1.2.1.1.5.0', text('sw1')],
  ]);
});
afterEach(() => agent.close());

function port(name: string, more: Record<string, Value>): void {
  agent.values.set(`${IF}.2.1`, text(name));
  agent.values.set(`${IF}.8.1`, integer(1));
  for (const [oid, value] of Object.entries(more)) agent.values.set(oid, value);
}

const deps = () => depsOf({ c: SECRET });
/** The figures of two questions a minute apart. */
async function twice(between: () => void): Promise<Record<string, number>> {
  const world = deps();
  await probeOnce(target, world);
  world.ahead = MINUTE;
  between();
  const { samples = [] } = await probeOnce(target, world);
  return Object.fromEntries(samples.map(({ name, value }) => [name, Math.round(value)]));
}

test('counters of 64 bits are preferred, and are bits per second', async () => {
  port('ge0', { [`${IF}.10.1`]: counter32(0n), [`${IFX}.6.1`]: counter64(2n ** 40n), [`${IFX}.15.1`]: gauge(1_000) });
  const figures = await twice(() => agent.values.set(`${IFX}.6.1`, counter64(2n ** 40n + 7_500_000n)));
  expect(figures['interface.in']).toBeGreaterThan(900_000);
  expect(figures['interface.in']).toBeLessThanOrEqual(1_000_000);
});

test('a counter of 32 bits may begin again, errors and discards are told', async () => {
  port('fe0', {
    [`${IF}.10.1`]: counter32(2n ** 32n - 1_000n),
    [`${IF}.5.1`]: gauge(100_000_000),
    [`${IF}.14.1`]: counter32(0n),
  });
  const figures = await twice(() => {
    agent.values.set(`${IF}.10.1`, counter32(749_000n));
    agent.values.set(`${IF}.14.1`, counter32(600n));
  });
  expect(figures['interface.in']).toBeGreaterThan(90_000);
  expect(figures['interface.in']).toBeLessThanOrEqual(100_000);
  expect(figures['interface.in_errors']).toBe(10);
});

test('after a reboot no rate is told, and the reboot is', async () => {
  port('ge0', { [`${IFX}.6.1`]: counter64(1_000n) });
  const world = deps();
  await probeOnce(target, world);
  world.ahead = MINUTE;
  agent.values.set('1.3.6.1.2.1.1.3.0', ticks(500));
  agent.values.set(`${IFX}.6.1`, counter64(900_000n));
  const result = await probeOnce(target, world);
  expect(result.samples).toEqual([]);
  expect(result.facts?.['hinomi.endpoint.rebooted']).toBe(true);
});

test('more than the port can carry is a lie', async () => {
  port('ge0', { [`${IFX}.6.1`]: counter64(0n), [`${IFX}.15.1`]: gauge(1_000) });
  expect(await twice(() => agent.values.set(`${IFX}.6.1`, counter64(2n ** 60n)))).toEqual({});
});

test('a table without an end costs no more than the rows that are wanted', async () => {
  agent.next = (oid) => {
    const parts = oid.split('.').map(Number);
    const isRow = parts.length > 11;
    return [isRow ? [...parts.slice(0, -1), (parts.at(-1) ?? 0) + 1].join('.') : `${oid}.1`, integer(1)];
  };
  const result = await probeOnce(target, deps());
  expect(result.outcome).toBe('good');
  expect(agent.questions).toBeLessThan(60);
});

test('an agent that goes in a circle is left', async () => {
  agent.next = () => [`${IF}.2.1`, integer(1)];
  expect((await probeOnce(target, deps())).outcome).toBe('good');
  expect(agent.questions).toBeLessThan(10);
});

test('other objects than were asked for are refused', async () => {
  agent.mangle = (answer) => {
    const at = answer.indexOf(Buffer.from([0x06, 0x08, 0x2b, 6, 1, 2, 1, 1, 1, 0]));
    answer[at + 8] = 9;
    return answer;
  };
  expect(await probeOnce(target, deps())).toMatchObject({ outcome: 'bad', reason: 'malformed' });
});

test.each([
  ['silence', () => undefined, 'timeout'],
  [
    'another community',
    (answer: Buffer) => Buffer.from(answer.toString('latin1').replace('himitsu', 'HIMITSU'), 'latin1'),
    'auth-failed',
  ],
])('%s', async (_name, mangle, reason) => {
  agent.mangle = mangle;
  const result = await probeOnce(targetOf({ ...target, timeoutMs: 800 }), deps());
  expect(result).toMatchObject({ outcome: 'bad', reason });
  expect(JSON.stringify(result).toLowerCase()).not.toContain('himitsu');
});

test('a message of version 3, which the library fails at, ends the probe and not the agent', async () => {
  const number = (value: number): Buffer => tlv(0x02, Buffer.from([value]));
  const empty = tlv(0x04, Buffer.alloc(0));
  agent.mangle = () => {
    const header = tlv(
      0x30,
      Buffer.concat([tlv(0x02, agent.lastId), number(100), tlv(0x04, Buffer.from([1])), number(3)]),
    );
    const security = tlv(0x04, tlv(0x30, Buffer.concat([empty, number(0), number(0), empty, empty, empty])));
    const pdu = tlv(0xa2, Buffer.concat([number(1), number(0), number(0), tlv(0x30, Buffer.alloc(0))]));
    const scoped = tlv(0x30, Buffer.concat([empty, empty, pdu]));
    return tlv(0x30, Buffer.concat([number(3), header, security, scoped]));
  };
  expect(await probeOnce(target, deps())).toMatchObject({ outcome: 'bad', reason: 'malformed' });
});

test('cut, changed and made-up answers end a probe in time, and nothing else', async () => {
  const fast = targetOf({ ...target, timeoutMs: 120 });
  const lie = fc.record({
    cut: fc.nat(120),
    at: fc.nat(120),
    by: fc.integer({ min: 1, max: 255 }),
    isNoise: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(lie, fc.uint8Array({ maxLength: 64 }), async ({ cut, at, by, isNoise }, noise) => {
      agent.mangle = (answer) => {
        if (isNoise) return Buffer.from(noise);
        const changed = Buffer.from(answer);
        changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ by;
        return cut > 100 ? changed : changed.subarray(0, changed.length - (cut % 20));
      };
      const result = await probeOnce(fast, deps());
      expect(['good', 'bad', 'warn']).toContain(result.outcome);
      expect(JSON.stringify(result)).not.toContain(SECRET);
    }),
    { numRuns: 60 },
  );
}, 60_000);
