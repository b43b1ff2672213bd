import type { TSchema } from 'typebox';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { COMMAND_NAMES } from '../../protocol/commands.js';
import { RemoteSettings } from '../../protocol/remote-settings.js';
import { AgentConfig } from '../config.js';
import { forbiddenKeys, forbids, PolicyConfig } from './policy.js';

const policyOf = (policy: object = {}): PolicyConfig => loadConfig(PolicyConfig, { overrides: { ...policy } });
const CAPTURE = { filter: '', seconds: 10, bytesMax: 4_096, snapBytes: 128 };

describe("the office's policy", () => {
  test('allows every command within limits, but no kept packets, where nothing is said', () => {
    for (const name of COMMAND_NAMES) expect(forbids(policyOf(), name, CAPTURE)).toBeUndefined();
    expect(forbids(policyOf(), 'capture', { ...CAPTURE, lastSeconds: 5 })).toContain('policy.ring');
    expect(forbids(policyOf({ ring: true }), 'capture', { ...CAPTURE, lastSeconds: 5 })).toBeUndefined();
  });

  test('forbids commands that it does not name, and captures beyond its limits', () => {
    expect(forbids(policyOf({ commands: ['rescan'] }), 'restart', {})).toContain('policy.commands');
    const policy = policyOf({ capture: { secondsMax: 5, bytesMax: 2_048, snapBytesMax: 64 } });
    expect(forbids(policy, 'capture', CAPTURE)).toContain('seconds up to 5, not 10');
    expect(forbids(policy, 'capture', { ...CAPTURE, seconds: 5 })).toContain('bytesMax');
    expect(forbids(policy, 'capture', { ...CAPTURE, seconds: 5, bytesMax: 2_048 })).toContain('snapBytes');
  });

  test('a key stands for all below it, and not for one that only begins like it', () => {
    const settings = { sensor: { pipeline: { flowsMax: 16 } }, spool: { flushMs: 10 }, logLevel: 'info' };
    expect(forbiddenKeys(policyOf(), settings)).toEqual([]);
    expect(forbiddenKeys(policyOf({ settings: ['sensor.pipeline'] }), settings)).toEqual(['spool.flushMs', 'logLevel']);
    expect(forbiddenKeys(policyOf({ settings: ['sensor.pipe', 'spool.flush', 'log'] }), settings)).toHaveLength(3);
    expect(forbiddenKeys(policyOf({ settings: [] }), settings)).toHaveLength(3);
  });

  test('the ring is turned on from afar only where packets may be kept, not even by an empty section', () => {
    for (const ring of [{}, { minutes: 5 }]) {
      expect(forbiddenKeys(policyOf(), { watch: { ring } })).toHaveLength(1);
      expect(forbiddenKeys(policyOf({ ring: true }), { watch: { ring } })).toEqual([]);
    }
  });
});

/** Each setting with its schema, dotted. */
function leaves(schema: TSchema, prefix = ''): Array<[string, TSchema]> {
  const { properties } = schema as { properties?: Record<string, TSchema> };
  if (properties === undefined) return [[prefix, schema]];
  return Object.entries(properties).flatMap(([key, inner]) => leaves(inner, prefix === '' ? key : `${prefix}.${key}`));
}

test('what may be set from afar is part of the configuration of the box, within its bounds', () => {
  const own = new Map(leaves(AgentConfig));
  for (const [key, schema] of leaves(RemoteSettings)) {
    const mine = own.get(key) as { type?: string; minimum?: number; maximum?: number } | undefined;
    expect(mine, key).toBeDefined();
    const { type, minimum, maximum } = schema as typeof mine & object;
    expect(type, key).toBe(mine?.type);
    expect(minimum ?? 0, key).toBeGreaterThanOrEqual(mine?.minimum ?? minimum ?? 0);
    expect(maximum ?? 0, key).toBeLessThanOrEqual(mine?.maximum ?? maximum ?? 0);
  }
});

test('nothing by which a box could be taken over can be set from afar', () => {
  const keys = leaves(RemoteSettings).map(([key]) => key);
  for (const key of keys)
    expect(key).not.toMatch(
      /^(data|policy|remote|publish\.url|watch\.executable|sensor\.(user|keepRoot|live|recording))/,
    );
});
