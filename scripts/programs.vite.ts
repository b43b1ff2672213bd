import { defineConfig } from 'vite';
import { ROOT } from '../protocol/base/place.js';

const PROGRAMS = [
  'agent/main',
  'agent/sensor/main',
  'agent/sensor/extract',
  'collector/main',
  'collector/store/engine/main',
  'cli/main',
  'scripts/quickstart/main',
  'scripts/make-traffic',
  'scripts/simulate/worker',
];

/**
 * Our programs for Node, in `dist/` at the places that `programPath` names. TypeBox is taken in: 700 small files that
 * every program would open at its start. Other packages stay in `node_modules`.
 */
export default defineConfig({
  root: ROOT,
  publicDir: false,
  ssr: { noExternal: ['typebox'] },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist',
    emptyOutDir: false,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: Object.fromEntries(PROGRAMS.map((name) => [name, `${ROOT}/${name}.ts`])),
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
});
