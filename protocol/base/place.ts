import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(import.meta.url);

/** The folder that Hinomi lies in: a checkout, or what was installed. Below it `dist/` holds what was built. */
export const ROOT = findRoot(dirname(HERE));

/** From package.json. */
export const VERSION = readVersion();

/**
 * One of our programs, in the form in which this one runs: TypeScript in a checkout, JavaScript when built.
 * @param name such as `agent/sensor/main`
 */
export function programPath(name: string): string {
  return extname(HERE) === '.ts' ? join(ROOT, `${name}.ts`) : join(ROOT, 'dist', `${name}.js`);
}

/** How this process was started, for one of the same kind: the same loader, but not the same debugger port. */
export function inheritedExecArgs(program: string): string[] {
  const args = process.execArgv.filter((arg) => !arg.startsWith('--inspect'));
  const needsLoader = program.endsWith('.ts') && !args.some((arg) => arg.includes('tsx'));
  return needsLoader ? [...args, '--import', 'tsx'] : args;
}

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? folder : findRoot(parent);
}

function readVersion(): string {
  try {
    const file = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version?: unknown };
    return typeof file.version === 'string' ? file.version : 'unknown';
  } catch {
    return 'unknown';
  }
}
