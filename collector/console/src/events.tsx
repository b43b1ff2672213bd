import { useState } from 'react';
import type { Site } from '../../../protocol/api/fleet.js';
import { Details } from './details.js';
import { EventTable } from './event-table.js';
import type { EventRecord } from './format.js';
import { Help } from './help.js';
import { Histogram } from './histogram.js';
import { QueryBox } from './query-box.js';
import { withCondition } from './query-edit.js';
import { useTexts } from './texts.js';
import { useEvents } from './use-events.js';

interface Props {
  query: string;
  onQuery: (query: string) => void;
  sites: readonly Site[] | undefined;
  onExpired: () => void;
}

export function Events({ query, onQuery, sites, onExpired }: Props) {
  const texts = useTexts();
  const [range, setRange] = useState('now-15m');
  const [isLive, setLive] = useState(true);
  const [hasHelp, setHelp] = useState(false);
  const [opened, setOpened] = useState<EventRecord | undefined>(undefined);
  const { list, error, isLoading, nowMs, again } = useEvents(query, range, isLive, onExpired);
  const names = new Map((sites ?? []).map((site) => [site.id, site.name]));
  const narrow = (field: string, value: string | number | boolean, isExcluded: boolean): void =>
    onQuery(withCondition(query, field, value, isExcluded));
  const run = (text: string): void => (text === query ? again() : onQuery(text));
  return (
    <section className="events" aria-label={texts.events}>
      <QueryBox
        query={query}
        error={error}
        range={range}
        isLive={isLive}
        onRun={run}
        onRange={setRange}
        onLive={setLive}
        onHelp={() => setHelp(!hasHelp)}
      />
      {hasHelp && <Help onClose={() => setHelp(false)} onUse={run} />}
      <div className="answer" aria-live="polite">
        <span className={isLoading ? 'loading' : ''}>
          {list === undefined ? texts.loading : texts.found(list.events.length, list.hasMore, list.tookMs)}
        </span>
      </div>
      {list !== undefined && <Histogram list={list} label={texts.perMinute} />}
      {list?.events.length === 0 && !isLoading && (
        <div className="empty">
          <p>{texts.noEvents}</p>
          <p className="hint">{texts.noEventsHint}</p>
        </div>
      )}
      {list !== undefined && list.events.length > 0 && (
        <EventTable events={list.events} names={names} nowMs={nowMs} opened={opened} onOpen={setOpened} />
      )}
      {opened !== undefined && <Details record={opened} onClose={() => setOpened(undefined)} onNarrow={narrow} />}
    </section>
  );
}
