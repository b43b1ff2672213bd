import type { Presence, Site } from '../../../protocol/api/fleet.js';
import { agoText, bytesText, harmless } from './format.js';
import { useTexts } from './texts.js';
import type { SitesState } from './use-sites.js';

const SKEW_MS_MAX = 5_000;

interface Props {
  state: SitesState;
  chosen: string | undefined;
  onChoose: (site: string) => void;
}

export function Sites({ state, chosen, onChoose }: Props) {
  const texts = useTexts();
  const sites = state.sites ?? [];
  const connected = sites.filter((site) => site.agent?.presence === 'connected').length;
  return (
    <section className="sites" aria-label={texts.sites}>
      <h2>
        {texts.sites}
        <span className="total">
          {state.sites === undefined ? texts.loading : texts.connectedOf(connected, sites.length)}
        </span>
      </h2>
      {state.isUnreachable && (
        <p className="failure" role="alert">
          {texts.unreachable}
        </p>
      )}
      {state.sites?.length === 0 && (
        <div className="empty">
          <p>{texts.noSites}</p>
          <p className="hint">{texts.noSitesHint}</p>
        </div>
      )}
      <ul>
        {sites.map((site) => (
          <li key={site.id}>
            <SiteCard site={site} state={state} isChosen={site.id === chosen} onChoose={() => onChoose(site.id)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function SiteCard({
  site,
  state,
  isChosen,
  onChoose,
}: {
  site: Site;
  state: SitesState;
  isChosen: boolean;
  onChoose: () => void;
}) {
  const texts = useTexts();
  const { agent } = site;
  const presence: Presence = agent?.presence ?? 'never';
  const skewMs = agent?.clockSkewMs ?? 0;
  return (
    <button type="button" className="site" aria-pressed={isChosen} onClick={onChoose}>
      <span className={`presence ${presence}`} aria-hidden="true" />
      <span className="site-name">
        <strong>{harmless(site.name)}</strong>
        <small>{harmless(site.company.name)}</small>
      </span>
      <Sparkline points={state.history.get(site.id) ?? []} />
      <span className="site-state">
        {texts[presence]}
        {agent?.lastContact !== undefined && (
          <small title={texts.lastContact}>{agoText(agent.lastContact, state.nowMs, texts)}</small>
        )}
      </span>
      {agent !== undefined && (
        <span className="site-rate">
          {agent.recordsPerSecond.toFixed(1)} {texts.recordsPerSecond}
          <small>{bytesText(agent.bytesPerSecond)}/s</small>
        </span>
      )}
      {Math.abs(skewMs) > SKEW_MS_MAX && <span className="warning">{texts.clockOff(Math.round(skewMs / 1000))}</span>}
    </button>
  );
}

const WIDTH = 96;
const HEIGHT = 24;

function Sparkline({ points }: { points: readonly number[] }) {
  const max = Math.max(1, ...points);
  const step = WIDTH / Math.max(1, points.length - 1);
  const path = points.map(
    (value, i) =>
      `${i === 0 ? 'M' : 'L'}${(i * step).toFixed(1)} ${(HEIGHT - 1 - (value / max) * (HEIGHT - 3)).toFixed(1)}`,
  );
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" preserveAspectRatio="none">
      {points.length > 1 && <path d={path.join(' ')} />}
    </svg>
  );
}
