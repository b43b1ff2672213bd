import type { DeadLetterList } from '../../../protocol/api/dead-letters.js';
import type { Site } from '../../../protocol/api/fleet.js';
import { harmless } from './format.js';
import { placeText } from './letter-table.js';
import { useTexts } from './texts.js';

interface Props {
  list: DeadLetterList;
  sites: readonly Site[];
  chosen: string | undefined;
  onChoose: (agent: string | undefined) => void;
  onRemove: ((agent: string, count: number) => void) | undefined;
}

/** How many of which box, and why. */
export function LetterCounts({ list, sites, chosen, onChoose, onRemove }: Props) {
  const { letters } = useTexts();
  return (
    <div className="letter-counts">
      <section className="panel" aria-label={letters.byAgent}>
        <div className="panel-head">
          <h3>
            {letters.byAgent} <span className="count">{letters.total(list.total)}</span>
          </h3>
          {chosen !== undefined && (
            <button type="button" onClick={() => onChoose(undefined)}>
              {letters.all}
            </button>
          )}
        </div>
        <ul className="count-list">
          {list.byAgent.map(({ agent, count, newest }) => {
            const place = placeText(agent, sites);
            return (
              <li key={agent} className={agent === chosen ? 'chosen' : undefined}>
                <button type="button" className="link" title={letters.onlyOf(place)} onClick={() => onChoose(agent)}>
                  {place}
                </button>
                <small>{new Date(newest).toLocaleString()}</small>
                <strong>{count.toLocaleString('en')}</strong>
                {onRemove !== undefined && (
                  <button type="button" aria-label={letters.removeAllOf(place)} onClick={() => onRemove(agent, count)}>
                    {letters.removeAll}
                  </button>
                )}
              </li>
            );
          })}
        </ul>
      </section>
      <section className="panel" aria-label={letters.byReason}>
        <h3>{letters.byReason}</h3>
        <ul className="count-list">
          {list.byReason.map(({ reason, count }) => (
            <li key={reason} title={harmless(reason)}>
              <span>{harmless(letters.explain(reason))}</span>
              <strong>{count.toLocaleString('en')}</strong>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
