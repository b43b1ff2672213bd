import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkLayers } from './layers.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hinomi-layers-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function file(path: string, text: string): void {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

test('this repository follows its own rules', () => {
  expect(checkLayers(resolve(import.meta.dirname, '..'))).toEqual([]);
});

test('the agent importing the collector is refused', () => {
  file('agent/spool/spool.ts', "import { x } from '../../collector/store/store.js';\nexport const y = x;\n");
  file('collector/store/store.ts', 'export const x = 1;\n');
  expect(checkLayers(root)).toEqual([
    'agent/spool/spool.ts: agent/spool may not import collector/store (collector/store/store.ts)',
  ]);
});

test('a component importing another one is refused, a type import too', () => {
  file('agent/publish/publish.ts', "import type { Spool } from '../spool/spool.js';\nexport type S = Spool;\n");
  file('agent/spool/spool.ts', 'export type Spool = 1;\n');
  expect(checkLayers(root)).toHaveLength(1);
});

test('a lazy import counts as an import', () => {
  file('protocol/base/late.ts', "export const late = () => import('../codec.js');\n");
  file('protocol/codec.ts', 'export const x = 1;\n');
  expect(checkLayers(root)).toHaveLength(1);
});

test('a circle of files is named', () => {
  file('protocol/a.ts', "import { b } from './b.js';\nexport const a = b;\n");
  file('protocol/b.ts', "import { a } from './a.js';\nexport const b = a;\n");
  expect(checkLayers(root)).toEqual(['circle: protocol/a.ts -> protocol/b.ts -> protocol/a.ts']);
});

test('compose may import every component of its own program', () => {
  file(
    'agent/compose.ts',
    "import { x } from './spool/spool.js';\nimport { y } from './sensor/wire/udp.js';\nexport const z = [x, y];\n",
  );
  file('agent/spool/spool.ts', 'export const x = 1;\n');
  file('agent/sensor/wire/udp.ts', 'export const y = 1;\n');
  expect(checkLayers(root)).toEqual([]);
});
