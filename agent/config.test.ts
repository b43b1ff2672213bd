import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadAgentConfig } from './config.js';

const folder = mkdtempSync(join(tmpdir(), 'hinomi-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(value: object) {
  const config = join(folder, 'agent.json');
  writeFileSync(config, JSON.stringify(value));
  return loadAgentConfig({ config });
}

test('no packets are kept unless the file says so, and then within limits', () => {
  expect(load({}).watch.ring).toBeUndefined();
  expect(load({ watch: { ring: {} } }).watch.ring).toEqual({
    minutes: 10,
    bytesMax: 256 * 2 ** 20,
    snapBytes: 65_535,
    bytesPerSMax: 4 * 2 ** 20,
    filter: '',
  });
});

test('a filter of the ring that is wrong is said at the start, with its place', () => {
  expect(() => load({ watch: { ring: { filter: 'port http' } } })).toThrow(
    'watch.ring.filter: the filter is wrong at character 6: http is no number from 0 to 65535',
  );
});
