import { useEffect, useRef } from 'react';
import { FieldValue } from './field-value.js';
import { harmless, shortened, valueText } from './format.js';
import type { Narrow } from './query-edit.js';
import { type EventRecord, summaryOf } from './summary.js';
import { useTexts } from './texts.js';
import { useEscape } from './use-escape.js';
import type { Fields } from './use-fields.js';

interface Props {
  record: EventRecord;
  fields: Fields | undefined;
  onClose: () => void;
  onNarrow: Narrow;
}

/** Where a record came from, not what it says: last, and softer. */
const ORIGIN = /^(hinomi\.(company|site|agent|epoch|lane|seq|row)|event\.(ingested|kind))$/;

/** Every field of one record; a value can be added to the query or excluded by it. */
export function Details({ record, fields, onClose, onNarrow }: Props) {
  const texts = useTexts();
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    close.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  useEscape(onClose);
  const keys = Object.keys(record).sort();
  const { main } = summaryOf(record, texts);
  const dataset = shortened(valueText(record['event.dataset']), 40);
  return (
    <aside className="details" aria-label={texts.details}>
      <div className="panel-head">
        <div>
          <h3>{texts.details}</h3>
          <p className="details-line">
            <span className={`badge ${dataset.replaceAll(/[^a-z]/g, '')}`}>{dataset}</span> {main}
          </p>
        </div>
        <button ref={close} type="button" className="plain" onClick={onClose}>
          {texts.close} <kbd>Esc</kbd>
        </button>
      </div>
      {[keys.filter((key) => !ORIGIN.test(key)), keys.filter((key) => ORIGIN.test(key))].map((group, i) => (
        <dl key={i === 0 ? 'said' : 'origin'} className={i === 0 ? '' : 'origin'}>
          {group.map((key) => {
            const field = fields?.get(key);
            return (
              <div key={key}>
                <dt title={field && texts.fieldHint(key, field.description)}>{harmless(key)}</dt>
                <dd>
                  <FieldValue field={key} kind={field?.kind} value={record[key]} onNarrow={onNarrow} />
                </dd>
              </div>
            );
          })}
        </dl>
      ))}
    </aside>
  );
}
