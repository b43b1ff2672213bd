import type { Site } from '../../../protocol/api/fleet.js';
import { EventTable } from './event-table.js';
import { Histogram } from './histogram.js';
import { type Range, widerThan } from './ranges.js';
import type { EventRecord } from './summary.js';
import { useTexts } from './texts.js';
import { type EventsState, isRefusal } from './use-events.js';

interface Props {
  state: EventsState;
  sites: ReadonlyMap<string, Site>;
  hasQuery: boolean;
  range: Range;
  isLive: boolean;
  opened: EventRecord | undefined;
  onOpen: (record: EventRecord) => void;
  onMore: (() => void) | undefined;
  onRange: (range: Range) => void;
  onClear: () => void;
}

/** What came back: how much, when, and the records; or why there is nothing and what to do next. */
export function Answer({ state, sites, isLive, opened, onOpen, onMore, ...rest }: Props) {
  const texts = useTexts();
  const { list, error, isLoading, nowMs } = state;
  // A question that was refused has no answer: the one before it would be mistaken for it.
  if (error !== undefined && isRefusal(error)) return <p className="answer empty hint">{texts.refusedHint}</p>;
  if (list === undefined) return <div className="answer">{isLoading && <p className="hint">{texts.loading}</p>}</div>;
  const count = list.events.length;
  return (
    <div className="answer">
      {/* Said aloud once, not every second. */}
      <p className="answer-head" aria-live={isLive ? 'off' : 'polite'}>
        <span>{list.hasMore ? texts.foundNewest(count) : texts.found(count)}</span>
        <span className="hint">{texts.took(list.tookMs)}</span>
        {isLoading && <span className="hint">{texts.loading}</span>}
      </p>
      <Histogram list={list} nowMs={nowMs} />
      {count === 0 ? (
        <Nothing {...rest} />
      ) : (
        <EventTable
          events={list.events}
          sites={sites}
          nowMs={nowMs}
          isStale={isLoading}
          opened={opened}
          onOpen={onOpen}
          onMore={list.hasMore ? onMore : undefined}
        />
      )}
    </div>
  );
}

function Nothing({ hasQuery, range, onRange, onClear }: Pick<Props, 'hasQuery' | 'range' | 'onRange' | 'onClear'>) {
  const texts = useTexts();
  const wider = widerThan(range);
  return (
    <div className="empty">
      <p>{hasQuery ? texts.noEvents : texts.noEventsYet}</p>
      <p className="hint">{hasQuery ? texts.noEventsHint : texts.noEventsYetHint}</p>
      <p className="empty-actions">
        {wider !== undefined && (
          <button type="button" onClick={() => onRange(wider)}>
            {texts.widen(texts[`range${wider}`])}
          </button>
        )}
        {hasQuery && (
          <button type="button" onClick={onClear}>
            {texts.clearAll}
          </button>
        )}
      </p>
    </div>
  );
}
