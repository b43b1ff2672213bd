import { type EventRecord, harmless, summaryOf, timeText, valueText } from './format.js';
import { useTexts } from './texts.js';

interface Props {
  events: readonly EventRecord[];
  names: ReadonlyMap<string, string>;
  nowMs: number;
  opened: EventRecord | undefined;
  onOpen: (record: EventRecord) => void;
}

/** A record has a place: its batch and its row. */
export function keyOf(record: EventRecord): string {
  return ['hinomi.agent', 'hinomi.epoch', 'hinomi.lane', 'hinomi.seq', 'hinomi.row']
    .map((key) => String(record[key]))
    .join(':');
}

export function EventTable({ events, names, nowMs, opened, onOpen }: Props) {
  const texts = useTexts();
  const openedKey = opened === undefined ? undefined : keyOf(opened);
  return (
    <div className="table">
      <table>
        <thead>
          <tr>
            <th scope="col">{texts.time}</th>
            <th scope="col">{texts.site}</th>
            <th scope="col">{texts.dataset}</th>
            <th scope="col">{texts.summary}</th>
          </tr>
        </thead>
        <tbody>
          {events.map((record) => {
            const key = keyOf(record);
            const summary = summaryOf(record);
            const site = String(record['hinomi.site']);
            return (
              <tr key={key} className={key === openedKey ? 'opened' : ''} onClick={() => onOpen(record)}>
                <td className="time">
                  <button
                    type="button"
                    className="plain"
                    title={String(record['@timestamp'])}
                    onClick={() => onOpen(record)}
                  >
                    {timeText(String(record['@timestamp']), nowMs)}
                  </button>
                </td>
                <td>{harmless(names.get(site) ?? site)}</td>
                <td>
                  <span className={`badge ${valueText(record['event.dataset']).replaceAll(/[^a-z]/g, '')}`}>
                    {valueText(record['event.dataset'])}
                  </span>
                </td>
                <td className="summary" title={`${summary.main} ${summary.side}`}>
                  <span className="main-text">{summary.main}</span> <span className="side-text">{summary.side}</span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
