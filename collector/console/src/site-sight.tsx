import type { SightSummary } from '../../../protocol/api/fleet.js';
import { wordsOf } from './sight-words.js';
import { Sparkline } from './sparkline.js';
import { useTexts } from './texts.js';

/** In the list of sites there is room for this many; all are among the records. */
const WARNINGS_SHOWN = 3;

/** What the box of a site sees: packets a minute, both directions, drops; and what is wrong with it. */
export function SiteSight({ sight }: { sight: SightSummary }) {
  const texts = useTexts();
  const { line, warnings } = wordsOf(sight, texts);
  if (line === '' && warnings.length === 0) return null;
  return (
    <span className="site-sight">
      {line !== '' && (
        <span className="sight-line" title={texts.sightHint}>
          <Sparkline points={sight.packetsByMinute} />
          <span>{line}</span>
        </span>
      )}
      {warnings.slice(0, WARNINGS_SHOWN).map(({ text, hint }) => (
        <span key={text} className="sight-warning" title={hint}>
          ⚠ {text}
        </span>
      ))}
      {warnings.length > WARNINGS_SHOWN && <span className="sight-warning">+{warnings.length - WARNINGS_SHOWN}</span>}
    </span>
  );
}
