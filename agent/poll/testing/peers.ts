import { Value } from 'typebox/value';
import { systemClock } from '../../../protocol/base/time.js';
import { kindOf, Target } from '../config.js';
import { PROBES } from '../probes/probes.js';
import type { ProbeDeps, ProbeResult } from '../result.js';
import { Rates } from '../snmp/rates.js';

/** A target with its defaults. */
export function targetOf(parts: Record<string, unknown>): Target {
  const target = Value.Default(Target, structuredClone({ id: 't1', name: 'T1', timeoutMs: 1_000, ...parts }));
  if (!Value.Check(Target, target)) throw new Error(JSON.stringify([...Value.Errors(Target, target)]));
  return target;
}

export interface TestDeps extends ProbeDeps {
  /** Lets the clock of the probes run ahead. */
  ahead: number;
}

export function depsOf(secrets: Readonly<Record<string, string>> = {}): TestDeps {
  const deps: TestDeps = {
    ahead: 0,
    clock: { now: () => systemClock.now() + deps.ahead, monotonic: () => systemClock.monotonic() + deps.ahead },
    secret: (name) => secrets[name],
    rates: new Rates(),
  };
  return deps;
}

/** One probe with its timeout, as the scheduler does it. */
export async function probeOnce(target: Target, deps: ProbeDeps = depsOf()): Promise<ProbeResult> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error('timeout')), target.timeoutMs);
  try {
    return await PROBES[kindOf(target)](target, abort.signal, deps);
  } finally {
    clearTimeout(timer);
  }
}
