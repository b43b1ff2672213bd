import { Events } from './events.js';
import { siteOf, withSite } from './query-edit.js';
import { Sites } from './sites.js';
import { useTexts } from './texts.js';
import { useQuery } from './use-query.js';
import { useSites } from './use-sites.js';

/** All offices on one side, what they told on the other; a site and the query are one thing. */
export function Home({ onOpenSite, onExpired }: { onOpenSite: (site: string) => void; onExpired: () => void }) {
  const texts = useTexts();
  const query = useQuery();
  const state = useSites(onExpired);
  const chosen = siteOf(query.query);
  return (
    <main className="home">
      <a className="skip" href="#query">
        {texts.skip}
      </a>
      <Sites
        state={state}
        chosen={chosen}
        onOpen={onOpenSite}
        onChoose={(site) => query.run(withSite(query.query, site === chosen ? undefined : site))}
      />
      <Events query={query} sites={state.sites} onExpired={onExpired} />
    </main>
  );
}
