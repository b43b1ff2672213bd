/**
 * Pairs what is expected with what there is, inside of groups that have the same key: in each group, the pair that
 * agrees most comes first, and among equals the order decides.
 * @param score how well two things agree, higher is better
 */
export function pairUp<E, A>(
  expected: readonly E[],
  actual: readonly A[],
  keyOfExpected: (thing: E) => string,
  keyOfActual: (thing: A) => string,
  score: (expected: E, actual: A) => number,
): { pairs: (readonly [E, A | undefined])[]; left: A[] } {
  const groups = groupBy(actual, keyOfActual);
  const partners = new Map<E, A>();
  for (const [key, wanted] of groupBy(expected, keyOfExpected))
    pairGroup(wanted, groups.get(key) ?? [], score, partners);
  const taken = new Set(partners.values());
  return {
    pairs: expected.map((thing) => [thing, partners.get(thing)] as const),
    left: actual.filter((thing) => !taken.has(thing)),
  };
}

function groupBy<T>(things: readonly T[], keyOf: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thing]);
    else group.push(thing);
  }
  return groups;
}

function pairGroup<E, A>(
  wanted: readonly E[],
  there: readonly A[],
  score: (expected: E, actual: A) => number,
  partners: Map<E, A>,
): void {
  const candidates = wanted.flatMap((e, i) =>
    there.map((a, j) => ({ e, a, points: score(e, a), distance: Math.abs(i - j) })),
  );
  candidates.sort((x, y) => y.points - x.points || x.distance - y.distance);
  const taken = new Set<A>();
  for (const { e, a } of candidates) {
    if (partners.has(e) || taken.has(a)) continue;
    partners.set(e, a);
    taken.add(a);
  }
}

/** The two ends of a conversation whichever of them began, as a key. */
export function conversationKey(protocol: string | number, a: string, aPort: number, b: string, bPort: number): string {
  return `${protocol} ${[`${a} ${aPort}`, `${b} ${bPort}`].sort().join(' ')}`;
}
