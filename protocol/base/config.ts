import { readFileSync } from 'node:fs';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { CodedError, describeError } from './errors.js';

const PROBLEMS_MAX = 20;

export interface ConfigSources {
  /** A JSON file. Comments are not allowed. */
  readonly file?: string | undefined;
  /** From afar: they win over the file. */
  readonly remote?: Readonly<Record<string, unknown>> | undefined;
  /** Values from the command line, which win over the file. Undefined ones are left out. */
  readonly overrides?: Record<string, unknown>;
}

/**
 * Merges defaults, file and overrides (deep, later wins), checks the whole and freezes it.
 * @throws CONFIG_UNREADABLE, CONFIG_INVALID (each problem with its path)
 */
export function loadConfig<T extends TSchema>(schema: T, sources: ConfigSources): Static<T> {
  const fromFile = sources.file === undefined ? {} : readJson(sources.file);
  const merged = merge(merge(fromFile, sources.remote ?? {}), sources.overrides ?? {});
  // A copy: defaults are put into it, and it is frozen.
  const value = Value.Default(schema, structuredClone(merged));
  if (!Value.Check(schema, value)) {
    const problems = [...Value.Errors(schema, value)].slice(0, PROBLEMS_MAX).map(describeProblem);
    const place = sources.file ?? 'command line';
    throw new CodedError('CONFIG_INVALID', `${place}: ${[...new Set(problems)].join('; ')}`);
  }
  return deepFreeze(value) as Static<T>;
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new CodedError('CONFIG_UNREADABLE', `could not read ${file}`, { file }, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CodedError('CONFIG_INVALID', `${file} is not JSON: ${describeError(error)}`, { file });
  }
}

type Problem = { instancePath: string; message: string; keyword: string; params: object };

function describeProblem(problem: Problem): string {
  const path = problem.instancePath.slice(1).replaceAll('/', '.');
  const params = problem.params as { requiredProperties?: string[]; additionalProperties?: string[] };
  const named = params.requiredProperties ?? params.additionalProperties;
  if (named === undefined) return `${path || '(top)'} ${problem.message}`;
  const keys = named.map((key) => (path === '' ? key : `${path}.${key}`)).join(', ');
  return `${keys} ${problem.keyword === 'required' ? 'is missing' : 'is not a known key'}`;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merge(base: unknown, over: unknown): unknown {
  if (!isPlainObject(base) || !isPlainObject(over)) return over === undefined ? base : over;
  const out: Record<string, unknown> = Object.assign(Object.create(null), base);
  for (const [key, value] of Object.entries(over)) {
    const merged = merge(base[key], value);
    if (merged !== undefined) out[key] = merged;
  }
  return { ...out };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

/** For `--check`: the value as JSON with every key that names a secret masked. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      /secret|password|token|passphrase|community|credential/i.test(key) ? '***' : maskSecrets(inner),
    ]),
  );
}
