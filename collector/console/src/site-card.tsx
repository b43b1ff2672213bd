import type { AgentSummary, Site } from '../../../protocol/api/fleet.js';
import { agoText, bytesText, harmless, rateText, spanText } from './format.js';
import { PresenceMark } from './presence.js';
import { type Shown, shownOf } from './site-list.js';
import { SiteSight } from './site-sight.js';
import { Sparkline } from './sparkline.js';
import { useTexts } from './texts.js';
import type { Texts } from './texts-ja.js';

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
  const presence = shownOf(site);
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
          <span title={hintOf(agent, texts)}>{contactText(presence, contact, nowMs, texts)}</span>
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
      {agent?.deadLetters !== undefined && (
        <span className="site-warning" title={texts.deadLettersHint}>
          ⚠ {texts.deadLetters(agent.deadLetters)}
        </span>
      )}
    </button>
  );
}

/** A box that is not there is known by when it was. */
function contactText(presence: Shown, contact: string | undefined, nowMs: number, texts: Texts): string {
  if (contact === undefined) return texts.noContactYet;
  const ago = agoText(contact, nowMs, texts);
  return presence === 'connected' ? ago : texts.lastHeard(ago);
}

function hintOf({ lastContact, goodbye, clockSkewMs }: AgentSummary, texts: Texts): string {
  const lines = lastContact === undefined ? [] : [`${texts.lastContact}: ${new Date(lastContact).toLocaleString()}`];
  if (goodbye !== undefined) lines.push(`${texts.stoppedAt}: ${new Date(goodbye).toLocaleString()}`);
  if (clockSkewMs !== undefined) lines.push(texts.clockOff((clockSkewMs / 1000).toFixed(1)));
  return lines.join('\n');
}

function Skew({ skewMs }: { skewMs: number }) {
  const texts = useTexts();
  if (Math.abs(skewMs) <= SKEW_MS_MAX) return null;
  const span = spanText(Math.abs(skewMs) / 1000, texts);
  return <span className="site-warning">⚠ {skewMs > 0 ? texts.clockAhead(span) : texts.clockBehind(span)}</span>;
}
