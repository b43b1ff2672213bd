import type { Site } from '../../../protocol/api/fleet.js';
import { agoText, bytesText, harmless, rateText, spanText } from './format.js';
import { PresenceMark } from './presence.js';
import { presenceOf } from './site-list.js';
import { SiteSight } from './site-sight.js';
import { Sparkline } from './sparkline.js';
import { useTexts } from './texts.js';

/** Records carry the box's time: more than this puts them visibly in the wrong place. */
const SKEW_MS_MAX = 5_000;

interface Props {
  site: Site;
  history: readonly number[];
  nowMs: number;
  isChosen: boolean;
  onChoose: () => void;
}

/** One site in three short lines, and what its box sees; a press narrows the records to it, and again to all. */
export function SiteCard({ site, history, nowMs, isChosen, onChoose }: Props) {
  const texts = useTexts();
  const presence = presenceOf(site);
  const { agent } = site;
  const contact = agent?.lastContact;
  return (
    <button type="button" className="site" aria-pressed={isChosen} onClick={onChoose}>
      <span className="site-mark" title={texts.presenceHints[presence]}>
        <PresenceMark presence={presence} />
      </span>
      <strong className="site-name" title={`${harmless(site.name)} (${site.id})`}>
        {harmless(site.name)}
      </strong>
      <span className="site-company">{harmless(site.company.name)}</span>
      <span className="site-state">
        <span className={`word ${presence}`}>{texts[presence]}</span>
        {agent !== undefined && (
          <span
            title={contact === undefined ? undefined : `${texts.lastContact}: ${new Date(contact).toLocaleString()}`}
          >
            {contact === undefined ? texts.noContactYet : agoText(contact, nowMs, texts)}
          </span>
        )}
      </span>
      {agent !== undefined && (
        <>
          <span className="site-spark" title={texts.recentRate}>
            <Sparkline points={history} />
          </span>
          <span className="site-rate">
            {rateText(agent.recordsPerSecond)} {texts.perSecond}
          </span>
          <span className="site-bytes">{bytesText(agent.bytesPerSecond)}/s</span>
        </>
      )}
      {agent?.sight !== undefined && <SiteSight sight={agent.sight} />}
      <Skew skewMs={agent?.clockSkewMs ?? 0} />
    </button>
  );
}

function Skew({ skewMs }: { skewMs: number }) {
  const texts = useTexts();
  if (Math.abs(skewMs) <= SKEW_MS_MAX) return null;
  const span = spanText(Math.abs(skewMs) / 1000, texts);
  return <span className="site-warning">⚠ {skewMs > 0 ? texts.clockAhead(span) : texts.clockBehind(span)}</span>;
}
