import type { Presence, Site } from '../../../protocol/api/fleet.js';

/** What needs a look comes first. */
const ORDER: Record<Shown, number> = { offline: 0, silent: 1, stopped: 2, connected: 3, never: 4 };

export function presenceOf(site: Site): Presence {
  return site.agent?.presence ?? 'never';
}

/** As a person sees it: a box that was stopped, and said so, is not one whose line is lost. */
export type Shown = Presence | 'stopped';

export function shownOf(site: Site): Shown {
  const presence = presenceOf(site);
  return presence === 'offline' && site.agent?.goodbye !== undefined ? 'stopped' : presence;
}

/** By what needs a look, then by company and name. */
export function sortSites(sites: readonly Site[]): Site[] {
  // A box that is alarmed comes before those of its presence that are not.
  const rank = (site: Site): number => ORDER[shownOf(site)] - (site.agent?.sight?.alerts.length ? 0.5 : 0);
  return sites.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      a.company.name.localeCompare(b.company.name, 'ja') ||
      a.name.localeCompare(b.name, 'ja') ||
      (a.id < b.id ? -1 : 1),
  );
}

/** Those of one presence, whose names or ids contain a text in any case. */
export function filterSites(sites: readonly Site[], presence: Presence | undefined, text: string): Site[] {
  const wanted = text.normalize('NFKC').trim().toLowerCase();
  return sites.filter(
    (site) =>
      (presence === undefined || presenceOf(site) === presence) &&
      [site.name, site.id, site.company.name, site.company.id].some((name) =>
        name.normalize('NFKC').toLowerCase().includes(wanted),
      ),
  );
}

export interface Totals {
  readonly counts: Readonly<Record<Presence, number>>;
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
}

export function totalsOf(sites: readonly Site[]): Totals {
  const counts: Record<Presence, number> = { connected: 0, silent: 0, offline: 0, never: 0 };
  for (const site of sites) counts[presenceOf(site)] += 1;
  const sum = (rate: 'recordsPerSecond' | 'bytesPerSecond'): number =>
    sites.reduce((total, site) => total + (site.agent?.[rate] ?? 0), 0);
  return { counts, recordsPerSecond: sum('recordsPerSecond'), bytesPerSecond: sum('bytesPerSecond') };
}

/** In the order in which a person reads them. */
export const PRESENCES_SHOWN = ['connected', 'silent', 'offline', 'never'] as const satisfies readonly Presence[];
