import { useEffect } from 'react';
import { type EventRecord, valueText } from './format.js';
import { useTexts } from './texts.js';

interface Props {
  record: EventRecord;
  onClose: () => void;
  onNarrow: (field: string, value: string | number | boolean, isExcluded: boolean) => void;
}

/** Every field of one record; a value can be added to the query or excluded by it. */
export function Details({ record, onClose, onNarrow }: Props) {
  const texts = useTexts();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);
  const keys = Object.keys(record).sort();
  return (
    <aside className="details" aria-label={texts.details}>
      <div className="help-head">
        <h3>{texts.details}</h3>
        <button type="button" className="plain" onClick={onClose}>
          {texts.close}
        </button>
      </div>
      <dl>
        {keys.map((key) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>
              <Value field={key} value={record[key]} onNarrow={onNarrow} />
            </dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}

function Value({ field, value, onNarrow }: { field: string; value: unknown; onNarrow: Props['onNarrow'] }) {
  const texts = useTexts();
  if (Array.isArray(value)) {
    return value.map((each) => <Value key={valueText(each)} field={field} value={each} onNarrow={onNarrow} />);
  }
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    return <span className="value">{valueText(value)}</span>;
  }
  return (
    <span className="value">
      {valueText(value)}
      <button
        type="button"
        className="tiny"
        title={texts.addToQuery}
        aria-label={`${texts.addToQuery}: ${field}`}
        onClick={() => onNarrow(field, value, false)}
      >
        ＋
      </button>
      <button
        type="button"
        className="tiny"
        title={texts.excludeFromQuery}
        aria-label={`${texts.excludeFromQuery}: ${field}`}
        onClick={() => onNarrow(field, value, true)}
      >
        －
      </button>
    </span>
  );
}
