import { useState } from 'react';
import { Events } from './events.js';
import { siteOf, withSite } from './query-edit.js';
import { Sites } from './sites.js';
import { useSites } from './use-sites.js';

const KEY = 'hinomi.query';

/** All offices on one side, what they told on the other; a site and the query are one thing. */
export function Home({ onExpired }: { onExpired: () => void }) {
  // Kept for the session, so that signing in again does not lose it.
  const [query, setQueryState] = useState(() => sessionStorage.getItem(KEY) ?? '');
  const setQuery = (next: string): void => {
    sessionStorage.setItem(KEY, next);
    setQueryState(next);
  };
  const state = useSites(onExpired);
  const chosen = siteOf(query);
  return (
    <main className="home">
      <Sites
        state={state}
        chosen={chosen}
        onChoose={(site) => setQuery(withSite(query, site === chosen ? undefined : site))}
      />
      <Events query={query} onQuery={setQuery} sites={state.sites} onExpired={onExpired} />
    </main>
  );
}
