import { useEffect, useState } from 'react';

export const PAGES = ['records', 'account', 'people', 'tokens', 'audit', 'letters'] as const;
export const SITE_TABS = ['commands', 'config'] as const;
export type SiteTab = (typeof SITE_TABS)[number];
/** A page of the console; of a site, which and what of it. */
export type Page = (typeof PAGES)[number] | SitePage;
export type SitePage = `site/${string}/${SiteTab}`;

const SITE = /^site\/([A-Za-z0-9_-]{1,64})\/(commands|config)$/;

export const sitePage = (site: string, tab: SiteTab): SitePage => `site/${site}/${tab}`;

/** Undefined where it is no site's. */
export function siteOfPage(page: Page): { readonly site: string; readonly tab: SiteTab } | undefined {
  const [, site, tab] = SITE.exec(page) ?? [];
  return site === undefined ? undefined : { site, tab: tab as SiteTab };
}

/** Which page is looked at, in the address, so that the browser's own buttons work. */
export function usePage(): [Page, (page: Page) => void] {
  const [page, setPage] = useState<Page>(pageOf);
  useEffect(() => {
    const follow = (): void => setPage(pageOf());
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  return [
    page,
    (next) => {
      window.location.hash = next === 'records' ? '' : next;
    },
  ];
}

function pageOf(): Page {
  const name = window.location.hash.slice(1);
  return SITE.test(name) ? (name as SitePage) : (PAGES.find((page) => page === name) ?? 'records');
}
