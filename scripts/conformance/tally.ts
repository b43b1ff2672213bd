import { isDeepStrictEqual } from 'node:util';

/** One field of one expected thing, compared. */
export interface Check {
  readonly suite: string;
  /** Which test or capture, and which session of it. */
  readonly subject: string;
  readonly field: string;
  readonly expected: unknown;
  readonly actual: unknown;
  readonly agrees: boolean;
  /** What must be decoded first, such as `gtp`; undefined when everything needed is there. */
  readonly needs?: string | undefined;
  /** What else the expectation says, for `AcceptedDifference.when`. */
  readonly context: Readonly<Record<string, unknown>>;
}

/** A difference that is meant, with its reason. Every part that is given must match. */
export interface AcceptedDifference {
  readonly suite: string;
  readonly field: RegExp;
  readonly subject?: RegExp;
  when?(check: Check): boolean;
  readonly reason: string;
}

export interface Share {
  cases: number;
  agreed: number;
  accepted: number;
}

export interface Row extends Share {
  readonly suite: string;
  readonly field: string;
  /** The same without the cases that need what is not decoded yet. */
  readonly ready: Share;
}

/** Collects comparisons and counts them by suite and field. */
export class Tally {
  readonly checks: Check[] = [];
  /** Expectations that say nothing about us, by suite and reason. */
  readonly skipped = new Map<string, number>();
  readonly #accepted: readonly AcceptedDifference[];

  constructor(accepted: readonly AcceptedDifference[]) {
    this.#accepted = accepted;
  }

  add(check: Omit<Check, 'agrees'>): void {
    this.checks.push({ ...check, agrees: isDeepStrictEqual(check.expected, check.actual) });
  }

  skip(suite: string, reason: string): void {
    const key = `${suite}: ${reason}`;
    this.skipped.set(key, (this.skipped.get(key) ?? 0) + 1);
  }

  /** Why a difference is accepted, or undefined when it is not. */
  reasonFor(check: Check): string | undefined {
    return this.#accepted.find((candidate) => covers(candidate, check))?.reason;
  }

  /** In the order in which suites and fields came first. */
  rows(): Row[] {
    const rows = new Map<string, Row>();
    for (const check of this.checks) {
      const key = `${check.suite} ${check.field}`;
      const row = rows.get(key) ?? { suite: check.suite, field: check.field, ...nothing(), ready: nothing() };
      rows.set(key, row);
      const isAccepted = !check.agrees && this.reasonFor(check) !== undefined;
      for (const share of check.needs === undefined ? [row, row.ready] : [row]) count(share, check.agrees, isAccepted);
    }
    return [...rows.values()];
  }

  /** Entries of the list that cover nothing any more. */
  unused(suites: ReadonlySet<string>): AcceptedDifference[] {
    const differing = this.checks.filter((check) => !check.agrees);
    return this.#accepted.filter(
      (candidate) => suites.has(candidate.suite) && !differing.some((check) => covers(candidate, check)),
    );
  }
}

export function nothing(): Share {
  return { cases: 0, agreed: 0, accepted: 0 };
}

function count(share: Share, agrees: boolean, isAccepted: boolean): void {
  share.cases += 1;
  if (agrees) share.agreed += 1;
  if (isAccepted) share.accepted += 1;
}

function covers(candidate: AcceptedDifference, check: Check): boolean {
  return (
    candidate.suite === check.suite &&
    candidate.field.test(check.field) &&
    (candidate.subject === undefined || candidate.subject.test(check.subject)) &&
    (candidate.when === undefined || candidate.when(check))
  );
}
