import { useCallback, useMemo, useState } from 'react';
import type { Site } from '../../../protocol/api/fleet.js';
import { Answer } from './answer.js';
import { Details } from './details.js';
import { Help } from './help.js';
import { QueryBox } from './query-box.js';
import { type Plain, withCondition } from './query-edit.js';
import type { Range } from './ranges.js';
import type { EventRecord } from './summary.js';
import { useTexts } from './texts.js';
import { useEvents } from './use-events.js';
import { useFields } from './use-fields.js';
import type { QueryState } from './use-query.js';

/** Records first loaded, and after asking for more. */
const LIMITS = [200, 1_000, 5_000];

interface Props {
  query: QueryState;
  sites: readonly Site[] | undefined;
  onExpired: () => void;
}

/** The question, its answer, and one record of it. */
export function Events({ query, sites, onExpired }: Props) {
  const texts = useTexts();
  const [range, setRange] = useState<Range>('15m');
  const [limit, setLimit] = useState(200);
  const [isLive, setLive] = useState(true);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [opened, setOpened] = useState<EventRecord | undefined>(undefined);
  const fields = useFields(onExpired);
  const { again, ...state } = useEvents({ query: query.query, range: `now-${range}`, limit }, isLive, onExpired);
  const byId = useMemo(() => new Map((sites ?? []).map((site) => [site.id, site])), [sites]);
  const close = useCallback(() => setOpened(undefined), []);
  const closeHelp = useCallback(() => setHelpOpen(false), []);
  const run = (text: string): void => {
    const isSame = text === query.query;
    query.run(text);
    if (isSame) again();
    else setLimit(LIMITS[0] ?? 0);
  };
  const narrow = (field: string, value: Plain, isExcluded: boolean): void =>
    run(withCondition(query.query, field, value, isExcluded));
  const larger = LIMITS.find((each) => each > limit);
  return (
    <section className="events" aria-label={texts.events}>
      <QueryBox
        query={query}
        error={state.error}
        range={range}
        isLive={isLive}
        isHelpOpen={isHelpOpen}
        onRun={run}
        onRange={setRange}
        onLive={setLive}
        onHelp={() => setHelpOpen(!isHelpOpen)}
      />
      <div className="results">
        <Answer
          state={state}
          sites={byId}
          hasQuery={query.query.trim() !== ''}
          range={range}
          isLive={isLive}
          opened={opened}
          onOpen={setOpened}
          onMore={larger === undefined ? undefined : () => setLimit(larger)}
          onRange={setRange}
          onClear={() => run('')}
        />
        {opened !== undefined && <Details record={opened} fields={fields} onClose={close} onNarrow={narrow} />}
        {isHelpOpen && <Help fields={fields} onClose={closeHelp} onUse={run} />}
      </div>
    </section>
  );
}
