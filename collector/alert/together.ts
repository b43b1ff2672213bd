/** Where a site is and how it comes here: what it may share with others that are gone. */
export interface Place {
  readonly prefecture?: string | undefined;
  readonly provider?: string | undefined;
  /** The address from which its box came last. */
  readonly address?: string | undefined;
}

export interface Gone extends Place {
  readonly agent: string;
}

/** What those that are gone have in common, as `prefecture:岩手県`; `all` and `mixed` where there is nothing. */
export interface Group {
  readonly cause: string;
  readonly agents: readonly string[];
  /** Of how many that were there. */
  readonly of: number;
}

export interface TogetherLimits {
  /** Fewer are told one by one. */
  readonly manyMin: number;
}

/** So many of all: it is most likely the collector's own line. */
const ALL_SHARE = 0.9;
/** Without anything in common, a twentieth of all at once is one event all the same. */
const MIXED_SHARE = 0.05;

/** Everything by which a site may be named together with others, the plainest words first. */
export function causesOf({ prefecture, provider, address }: Place): string[] {
  const causes: string[] = [];
  if (prefecture) causes.push(`prefecture:${prefecture}`);
  if (provider) causes.push(`provider:${provider}`);
  if (prefecture && provider) causes.push(`area:${prefecture}/${provider}`);
  return [...causes, ...networksOf(address ?? '').map((network) => `network:${network}`)];
}

/**
 * Sorts sites that went at about the same time by what explains it best: the cause that most of them and fewest of those
 * that are still there share. What is left over and too little to be an event is in no group.
 */
export function groupsOf(gone: readonly Gone[], here: readonly Place[], { manyMin }: TogetherLimits): Group[] {
  const total = gone.length + here.length;
  if (gone.length < manyMin) return [];
  if (gone.length >= ALL_SHARE * total)
    return [{ cause: allOf(gone), agents: gone.map(({ agent }) => agent), of: total }];
  const groups: Group[] = [];
  let rest = gone;
  for (;;) {
    const group = bestOf(rest, here, manyMin);
    if (group === undefined) break;
    groups.push(group);
    const named = new Set(group.agents);
    rest = rest.filter(({ agent }) => !named.has(agent));
  }
  if (rest.length >= Math.max(2 * manyMin, MIXED_SHARE * total))
    groups.push({ cause: 'mixed', agents: rest.map(({ agent }) => agent), of: total });
  return groups;
}

/** Where all that there are share a place they are named by it. */
function allOf(gone: readonly Gone[]): string {
  const [first, ...others] = gone;
  const named = causesOf({ ...first, address: undefined }).filter((cause) =>
    others.every((site) => causesOf(site).includes(cause)),
  );
  return named[0] ?? 'all';
}

function bestOf(gone: readonly Gone[], here: readonly Place[], manyMin: number): Group | undefined {
  const members = new Map<string, string[]>();
  for (const site of gone)
    for (const cause of causesOf(site)) {
      const list = members.get(cause);
      if (list === undefined) members.set(cause, [site.agent]);
      else list.push(site.agent);
    }
  const left = new Map<string, number>();
  for (const site of here) for (const cause of causesOf(site)) left.set(cause, (left.get(cause) ?? 0) + 1);
  let best: Group | undefined;
  let bestScore = 0;
  for (const [cause, agents] of members) {
    const still = left.get(cause) ?? 0;
    // Gone, less those that are not: more than half of it must be gone. The first of equals has the plainest words.
    const score = agents.length - still;
    if (agents.length >= manyMin && score > bestScore) {
      best = { cause, agents, of: agents.length + still };
      bestScore = score;
    }
  }
  return best;
}

const MAPPED_V4 = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** The networks around an address that a provider is likely to carry as one. */
export function networksOf(address: string): string[] {
  const plain = address.replace(MAPPED_V4, '');
  const parts = plain.split('.');
  if (parts.length === 4) return [`${parts.slice(0, 3).join('.')}.0/24`, `${parts.slice(0, 2).join('.')}.0.0/16`];
  if (!plain.includes(':')) return [];
  const [before = '', after] = plain.split('%')[0]!.split('::');
  const first = before === '' ? [] : before.split(':');
  const last = after === undefined || after === '' ? [] : after.split(':');
  const groups =
    after === undefined
      ? first
      : [...first, ...Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0'), ...last];
  const [a = '0', b = '0', c = '0'] = groups;
  return [`${a}:${b}:${c}::/48`, `${a}:${b}::/32`];
}
