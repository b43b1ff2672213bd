import type { Site } from '../../../protocol/api/fleet.js';
import type { Me } from '../../../protocol/api/session.js';
import { CommandsPage } from './commands-page.js';
import { ConfigPage } from './config-page.js';
import { harmless } from './format.js';
import { PresenceMark } from './presence.js';
import { shownOf } from './site-list.js';
import { Tabs } from './tabs.js';
import { useTexts } from './texts.js';
import { type Page, SITE_TABS, type SiteTab, sitePage } from './use-page.js';
import { useSites } from './use-sites.js';

interface Props {
  me: Me;
  site: string;
  tab: SiteTab;
  onPage: (page: Page) => void;
  onExpired: () => void;
}

/** One site from afar: its box is commanded, and told what to run with. */
export function SitePage({ me, site: id, tab, onPage, onExpired }: Props) {
  const texts = useTexts();
  const { sites, isUnreachable } = useSites(onExpired);
  const site = sites?.find((each) => each.id === id);
  return (
    <main className="manage">
      <Tabs
        label={texts.remote.open}
        tabs={SITE_TABS.map((each) => ({ page: sitePage(id, each), name: texts.remote[each] }))}
        current={sitePage(id, tab)}
        onPage={onPage}
      />
      {isUnreachable && (
        <p className="failure" role="alert">
          {texts.unreachable}
        </p>
      )}
      {sites === undefined && !isUnreachable && <p className="waiting">{texts.loading}</p>}
      {sites !== undefined && site === undefined && <p className="empty">{texts.remote.noSite}</p>}
      {site !== undefined && (
        <section aria-label={harmless(site.name)}>
          <SiteHead site={site} />
          {site.agent === undefined && <p className="empty">{texts.remote.noBox}</p>}
          {site.agent !== undefined && tab === 'commands' && (
            <CommandsPage
              me={me}
              site={id}
              siteName={harmless(site.name)}
              isConnected={site.agent.presence === 'connected' || site.agent.presence === 'silent'}
              onExpired={onExpired}
            />
          )}
          {tab === 'config' && <ConfigPage key={id} me={me} site={id} onExpired={onExpired} />}
        </section>
      )}
    </main>
  );
}

function SiteHead({ site }: { site: Site }) {
  const texts = useTexts();
  const presence = shownOf(site);
  const { agent } = site;
  return (
    <header className="site-head">
      <PresenceMark presence={presence} />
      <h2>{harmless(site.name)}</h2>
      <span className="hint">{harmless(site.company.name)}</span>
      <span className={`word ${presence}`} title={texts.presenceHints[presence]}>
        {texts[presence]}
      </span>
      {agent !== undefined && (
        <small>
          {texts.remote.box} {agent.id}
          {agent.version !== undefined && ` · ${texts.remote.version} ${harmless(agent.version)}`}
        </small>
      )}
    </header>
  );
}
