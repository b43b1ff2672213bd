import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recordings } from './recording.js';
import type { Tally } from './tally.js';

const SUITE = 'community-id';

interface Tuple {
  proto: number;
  saddr: string;
  daddr: string;
  sport: number | null;
  dport: number | null;
  communityid: string;
}

/** The specification's tuples: the flow between the two hosts must exist in one of its captures, with that id. */
export async function compareCommunityIds(folder: string, recordings: Recordings, tally: Tally): Promise<void> {
  const captures = readdirSync(join(folder, 'pcaps')).sort();
  const ids = new Map<string, Set<string>>();
  for (const capture of captures) {
    const { flows } = await recordings.replay(join(folder, 'pcaps', capture), false);
    for (const flow of flows) {
      const key = hostsKey(Number(flow['network.iana_number']), flow['source.ip'] ?? '', flow['destination.ip'] ?? '');
      const known = ids.get(key) ?? new Set();
      ids.set(key, known.add(flow['network.community_id'] ?? ''));
    }
  }
  for (const tuple of readTuples(folder)) {
    const known = ids.get(hostsKey(tuple.proto, tuple.saddr, tuple.daddr)) ?? new Set();
    const has = known.has(tuple.communityid);
    const subject = `${tuple.proto} ${tuple.saddr} ${tuple.sport} ${tuple.daddr} ${tuple.dport}`;
    const actual = has ? tuple.communityid : [...known].join(' ');
    tally.add({ suite: SUITE, subject, field: 'community_id', expected: tuple.communityid, actual, context: {} });
  }
}

function readTuples(folder: string): Tuple[] {
  return JSON.parse(readFileSync(join(folder, 'baseline', 'baseline_deflt.json'), 'utf8'));
}

function hostsKey(protocol: number, a: string, b: string): string {
  return `${protocol} ${[a, b].sort().join(' ')}`;
}
