import { expect, test } from 'vitest';
import type { Presence, Site } from '../../../protocol/api/fleet.js';
import { filterSites, shownOf, sortSites, totalsOf } from './site-list.js';

function site(id: string, company: string, presence?: Presence): Site {
  const base = { id, name: `拠点 ${id}`, company: { id: company, name: `Company ${company}` }, created: '2026-01-01' };
  if (presence === undefined) return base;
  return { ...base, agent: { id: `a-${id}`, presence, recordsPerSecond: 2, bytesPerSecond: 100 } };
}
const SITES = [site('s1', 'b', 'connected'), site('s2', 'a', 'connected'), site('s3', 'a'), site('s4', 'z', 'offline')];
const ids = (sites: readonly Site[]): string[] => sites.map(({ id }) => id);

test('what needs a look comes first, the rest by company', () => {
  expect(ids(sortSites([...SITES, site('s5', 'z', 'silent')]))).toEqual(['s4', 's5', 's2', 's1', 's3']);
});

test('a box that was stopped is not one whose line is lost', () => {
  const stopped = site('s6', 'z', 'offline');
  const sites = [...SITES, { ...stopped, agent: { ...stopped.agent!, goodbye: '2026-11-25T00:00:00Z' } }];
  expect(shownOf(sites[4]!)).toBe('stopped');
  expect(ids(sortSites(sites))).toEqual(['s4', 's6', 's2', 's1', 's3']);
});

test('sites are found by presence and by any part of their names', () => {
  expect(ids(filterSites(SITES, 'connected', ''))).toEqual(['s1', 's2']);
  expect(ids(filterSites(SITES, undefined, ' COMPANY Ａ'))).toEqual(['s2', 's3']);
  expect(ids(filterSites(SITES, 'never', 's4'))).toEqual([]);
});

test('totals count every site, and a site without a box as never enrolled', () => {
  expect(totalsOf(SITES)).toEqual({
    counts: { connected: 2, silent: 0, offline: 1, never: 1 },
    recordsPerSecond: 6,
    bytesPerSecond: 300,
  });
});
