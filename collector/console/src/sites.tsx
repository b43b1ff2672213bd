import { useState } from 'react';
import type { Presence, Site } from '../../../protocol/api/fleet.js';
import { bytesText, harmless, rateText } from './format.js';
import { PresenceMark } from './presence.js';
import { SiteCard } from './site-card.js';
import { filterSites, PRESENCES_SHOWN, sortSites, type Totals, totalsOf } from './site-list.js';
import { useTexts } from './texts.js';
import type { SitesState } from './use-sites.js';

/** Below this many, all are in sight. */
const FILTER_FROM = 8;

interface Props {
  state: SitesState;
  chosen: string | undefined;
  onChoose: (site: string) => void;
  /** To command it, and to see or change its settings. */
  onOpen: (site: string) => void;
}

export function Sites({ state, chosen, onChoose, onOpen }: Props) {
  const texts = useTexts();
  const [presence, setPresence] = useState<Presence | undefined>(undefined);
  const [text, setText] = useState('');
  const sites = state.sites ?? [];
  const shown = sortSites(filterSites(sites, presence, text));
  const showAll = (): void => {
    setPresence(undefined);
    setText('');
  };
  return (
    <section className="sites" aria-label={texts.sites}>
      <SitesHead totals={totalsOf(sites)} count={sites.length} chosen={presence} onChoose={setPresence} />
      {sites.length >= FILTER_FROM && (
        <input
          type="search"
          className="site-filter"
          placeholder={texts.filterSites}
          aria-label={texts.filterSites}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
      {state.isUnreachable && (
        <p className="failure" role="alert">
          {texts.unreachable}
        </p>
      )}
      {state.sites === undefined && !state.isUnreachable && <p className="hint">{texts.loading}</p>}
      {state.sites?.length === 0 && <NoSites />}
      {sites.length > 0 && shown.length === 0 && (
        <div className="empty">
          <p>{texts.noSitesLeft}</p>
          <button type="button" onClick={showAll}>
            {texts.showAllSites}
          </button>
        </div>
      )}
      <ul>
        {shown.map((site: Site) => (
          <li key={site.id}>
            <SiteCard
              site={site}
              history={state.history.get(site.id) ?? []}
              nowMs={state.nowMs}
              isChosen={site.id === chosen}
              onChoose={() => onChoose(site.id)}
            />
            {site.id === chosen && (
              <button
                type="button"
                className="site-open"
                aria-label={texts.remote.openOf(harmless(site.name))}
                onClick={() => onOpen(site.id)}
              >
                {texts.remote.open} →
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface HeadProps {
  totals: Totals;
  count: number;
  chosen: Presence | undefined;
  onChoose: (presence: Presence | undefined) => void;
}

/** How many are how, and how much comes in; a press on a presence shows only those sites. */
function SitesHead({ totals, count, chosen, onChoose }: HeadProps) {
  const texts = useTexts();
  return (
    <div className="sites-head">
      <h2>
        {texts.sites} <span className="count">{count}</span>
      </h2>
      <span className="total" title={texts.totalRate}>
        {rateText(totals.recordsPerSecond)} {texts.perSecond} · {bytesText(totals.bytesPerSecond)}/s
      </span>
      <div className="presences">
        {PRESENCES_SHOWN.map((presence) => {
          const label = texts.showOnly(texts[presence], totals.counts[presence]);
          return (
            <button
              key={presence}
              type="button"
              aria-pressed={presence === chosen}
              aria-label={label}
              title={label}
              disabled={totals.counts[presence] === 0 && presence !== chosen}
              onClick={() => onChoose(presence === chosen ? undefined : presence)}
            >
              <PresenceMark presence={presence} />
              {totals.counts[presence]}
            </button>
          );
        })}
      </div>
    </div>
  );
}

function NoSites() {
  const texts = useTexts();
  return (
    <div className="empty">
      <p>{texts.noSites}</p>
      <p className="hint">{texts.noSitesHint}</p>
      <pre>{`hinomi-collector company add NAME --id COMPANY\nhinomi-collector site add NAME --company COMPANY --id SITE\nhinomi-collector site code SITE`}</pre>
    </div>
  );
}
