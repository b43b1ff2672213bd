import { useEffect, useState } from 'react';

export const PAGES = ['records', 'account', 'people', 'tokens', 'audit'] as const;
export type Page = (typeof PAGES)[number];

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
  return PAGES.find((page) => page === name) ?? 'records';
}
