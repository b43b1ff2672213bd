/**
 * The rules of the house: which room may import which, and no circles. Run as part of `npm run check`.
 * A new arrow is a new line in ROOMS, and a decision about the design (ARCHITECTURE.md).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Room -> the rooms it may import, besides itself. The longest matching room counts, so `agent/spool/keys.ts` is in
 * `agent/spool`. Files that belong to no room are refused.
 */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'protocol/base': [],
  protocol: ['protocol/base'],

  'agent/sensor/wire': ['protocol'],
  'agent/sensor/capture': ['agent/sensor/wire', 'protocol'],
  'agent/sensor/filter': ['agent/sensor/wire', 'protocol'],
  'agent/sensor/tap': ['agent/sensor/filter', 'agent/sensor/capture', 'agent/sensor/wire', 'protocol'],
  'agent/sensor/track': ['agent/sensor/wire', 'protocol'],
  'agent/sensor/sight': ['agent/sensor/wire', 'protocol'],
  'agent/sensor/detect': ['agent/sensor/sight', 'agent/sensor/track', 'agent/sensor/wire', 'protocol'],
  'agent/sensor': ['agent/sensor/*', 'protocol'],
  'agent/watch': ['protocol'],
  'agent/spool': ['protocol'],
  'agent/publish': ['protocol'],
  'agent/health': ['protocol'],
  'agent/enrol': ['protocol'],
  'agent/dialects': ['protocol'],
  'agent/syslog': ['protocol'],
  'agent/remote': ['protocol'],
  'agent/secrets': ['protocol'],
  'agent/poll': ['protocol'],
  agent: ['agent/*', 'protocol'],

  'collector/state': ['protocol'],
  'collector/store': ['protocol'],
  'collector/store/engine': ['collector/store', 'collector/ingest', 'protocol'],
  'collector/broker': ['protocol'],
  'collector/ingest': ['protocol'],
  'collector/alert': ['protocol'],
  'collector/fleet': ['protocol'],
  'collector/gate': ['protocol'],
  'collector/query': ['protocol'],
  'collector/users': ['protocol'],
  'collector/remote': ['protocol'],
  'collector/connectors': ['protocol'],
  'collector/http': ['protocol'],
  'collector/admin': ['protocol'],
  'collector/backup': ['protocol'],
  'collector/console': ['protocol'],
  collector: ['collector/*', 'protocol'],

  cli: ['protocol'],
  scripts: ['agent/*', 'collector/*', 'cli', 'protocol', 'agent', 'collector', 'test'],
  bench: ['agent/*', 'collector/*', 'cli', 'protocol', 'scripts', 'agent', 'collector', 'test'],
  test: ['agent/*', 'collector/*', 'cli', 'protocol', 'scripts', 'agent', 'collector'],
};

const ROOT_FILES = new Set(['vitest.config.ts']);
const SKIPPED = new Set(['node_modules', 'dist', 'var', '.git', 'coverage']);
const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g;

/** Every broken rule of the tree below `root`, one line each. */
export function checkLayers(root: string, rooms: Readonly<Record<string, readonly string[]>> = ROOMS): string[] {
  const files = listSources(root).filter((file) => !ROOT_FILES.has(file));
  const known = new Set(files);
  const graph = new Map(files.map((file) => [file, importsOf(root, file, known)]));
  return [...wrongArrows(graph, rooms), ...circles(graph)];
}

function listSources(root: string, folder = ''): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name) || entry.name.startsWith('.')) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return listSources(root, path);
    return /\.(ts|tsx)$/.test(entry.name) && !/\.d\.ts$/.test(entry.name) ? [path] : [];
  });
}

function importsOf(root: string, file: string, known: ReadonlySet<string>): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const targets = new Set<string>();
  for (const match of text.matchAll(IMPORT)) {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    if (!specifier.startsWith('.')) continue;
    const base = relative(root, resolve(root, dirname(file), specifier))
      .split(sep)
      .join('/');
    const stem = base.replace(/\.(js|jsx|ts|tsx)$/, '');
    const target = [`${stem}.ts`, `${stem}.tsx`].find((candidate) => known.has(candidate));
    if (target !== undefined) targets.add(target);
  }
  return [...targets];
}

function roomOf(file: string, rooms: Readonly<Record<string, readonly string[]>>): string | undefined {
  const matches = Object.keys(rooms).filter((room) => file.startsWith(`${room}/`));
  return matches.sort((a, b) => b.length - a.length)[0];
}

function isAllowed(from: string, to: string, rooms: Readonly<Record<string, readonly string[]>>): boolean {
  if (from === to) return true;
  const allowed = rooms[from] ?? [];
  return allowed.some((rule) =>
    rule.endsWith('/*')
      ? to.startsWith(rule.slice(0, -1))
      : to === rule || (rule === 'protocol' && to === 'protocol/base'),
  );
}

function wrongArrows(
  graph: ReadonlyMap<string, string[]>,
  rooms: Readonly<Record<string, readonly string[]>>,
): string[] {
  const wrong: string[] = [];
  for (const [file, targets] of graph) {
    const from = roomOf(file, rooms);
    if (from === undefined) {
      wrong.push(`${file}: belongs to no room of scripts/layers.ts`);
      continue;
    }
    if (/\.test\.tsx?$/.test(file)) continue;
    for (const target of targets) {
      const to = roomOf(target, rooms);
      if (to !== undefined && !isAllowed(from, to, rooms))
        wrong.push(`${file}: ${from} may not import ${to} (${target})`);
    }
  }
  return wrong;
}

/** One line for each import that closes a circle, found by depth-first search. */
function circles(graph: ReadonlyMap<string, string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    if (done.has(file)) return;
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push(`circle: ${[...path.slice(at), file].join(' -> ')}`);
      return;
    }
    path.push(file);
    for (const target of graph.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = checkLayers(resolve(dirname(fileURLToPath(import.meta.url)), '..'));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(
    problems.length === 0 ? 'layers: every import follows the rules\n' : `layers: ${problems.length} broken\n`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
}
