import type { Site } from '../../../protocol/api/fleet.js';
import { harmless, shortened, timeText, valueText } from './format.js';
import { type EventRecord, isAlarm, summaryOf } from './summary.js';
import { useTexts } from './texts.js';

interface Props {
  events: readonly EventRecord[];
  sites: ReadonlyMap<string, Site>;
  nowMs: number;
  isStale: boolean;
  opened: EventRecord | undefined;
  onOpen: (record: EventRecord) => void;
  /** Undefined when all that matched is here. */
  onMore: (() => void) | undefined;
}

/** A record has a place: its batch and its row. */
export function keyOf(record: EventRecord): string {
  return ['hinomi.agent', 'hinomi.epoch', 'hinomi.lane', 'hinomi.seq', 'hinomi.row']
    .map((key) => String(record[key]))
    .join(':');
}

export function EventTable({ events, sites, nowMs, isStale, opened, onOpen, onMore }: Props) {
  const texts = useTexts();
  const openedKey = opened === undefined ? undefined : keyOf(opened);
  return (
    <div className={isStale ? 'table stale' : 'table'}>
      <table aria-busy={isStale} aria-label={texts.events}>
        <thead>
          <tr>
            <th scope="col" className="time">
              {texts.time}
            </th>
            <th scope="col" className="site-column">
              {texts.site}
            </th>
            <th scope="col" className="kind">
              {texts.dataset}
            </th>
            <th scope="col">{texts.summary}</th>
          </tr>
        </thead>
        <tbody>
          {events.map((record) => {
            const key = keyOf(record);
            return (
              <Row
                key={key}
                record={record}
                site={sites.get(String(record['hinomi.site']))}
                nowMs={nowMs}
                isOpened={key === openedKey}
                onOpen={onOpen}
              />
            );
          })}
        </tbody>
      </table>
      {onMore !== undefined && (
        <button type="button" className="more" onClick={onMore}>
          {texts.more}
        </button>
      )}
    </div>
  );
}

interface RowProps {
  record: EventRecord;
  site: Site | undefined;
  nowMs: number;
  isOpened: boolean;
  onOpen: (record: EventRecord) => void;
}

function Row({ record, site, nowMs, isOpened, onOpen }: RowProps) {
  const texts = useTexts();
  const { main, side } = summaryOf(record, texts);
  const time = valueText(record['@timestamp']);
  const arrival = texts.arrivals[valueText(record['hinomi.arrival'])];
  const dataset = shortened(valueText(record['event.dataset']), 40);
  return (
    // The button in the first cell is what a keyboard opens; the rest of the row is for the mouse.
    <tr
      className={`${isOpened ? 'opened' : ''} ${isAlarm(record) ? 'alarm' : ''}`.trim()}
      onClick={() => onOpen(record)}
    >
      <td className="time">
        <button type="button" className="plain" title={time} aria-expanded={isOpened}>
          {timeText(time, nowMs)}
        </button>
      </td>
      <td className="site-column" title={site && `${harmless(site.company.name)} ${harmless(site.name)}`}>
        {harmless(site?.name ?? valueText(record['hinomi.site']))}{' '}
        {site !== undefined && <small>{harmless(site.company.name)}</small>}
      </td>
      <td className="kind">
        <span className={`badge ${dataset.replaceAll(/[^a-z]/g, '')}`}>{dataset}</span>
      </td>
      <td className="summary" title={`${main}  ${side}`}>
        {arrival !== undefined && (
          <span className="arrival" title={`event.ingested: ${valueText(record['event.ingested'])}`}>
            ⚠ {arrival}
          </span>
        )}
        <span>{main}</span> <span className="side-text">{side}</span>
      </td>
    </tr>
  );
}
