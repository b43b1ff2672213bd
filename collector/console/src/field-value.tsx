import { useState } from 'react';
import { harmless, shortened, timeText, valueText } from './format.js';
import type { Narrow } from './query-edit.js';
import { useTexts } from './texts.js';

const LENGTH_SHOWN = 300;
const ITEMS_SHOWN = 50;

interface Props {
  field: string;
  kind: string | undefined;
  value: unknown;
  onNarrow: Narrow;
}

/** A value, or each of several, with what a click can do with it. */
export function FieldValue({ field, kind, value, onNarrow }: Props) {
  if (!Array.isArray(value)) return <One field={field} kind={kind} value={value} onNarrow={onNarrow} />;
  return (
    <>
      {value.slice(0, ITEMS_SHOWN).map((each, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: values repeat, and the order of a record's values is fixed.
        <One key={i} field={field} kind={kind} value={each} onNarrow={onNarrow} />
      ))}
      {value.length > ITEMS_SHOWN && <LongText text={valueText(value)} />}
    </>
  );
}

function One({ field, kind, value, onNarrow }: Props) {
  const texts = useTexts();
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  // Nobody asks for one microsecond, and objects are no values of the query language.
  const canNarrow = isPlain && !isTime(field, kind) && kind !== 'object' && String(value) !== '';
  return (
    <span className="value">
      {isTime(field, kind) && typeof value === 'string' ? (
        <Time iso={value} />
      ) : isPlain || value === null ? (
        <LongText text={valueText(value)} />
      ) : (
        <Parts value={value} />
      )}
      {canNarrow && (
        <span className="narrow">
          <button
            type="button"
            title={texts.addToQuery}
            aria-label={`${texts.addToQuery}: ${harmless(field)}`}
            onClick={() => onNarrow(field, value, false)}
          >
            ＋
          </button>
          <button
            type="button"
            title={texts.excludeFromQuery}
            aria-label={`${texts.excludeFromQuery}: ${harmless(field)}`}
            onClick={() => onNarrow(field, value, true)}
          >
            −
          </button>
        </span>
      )}
    </span>
  );
}

const isTime = (field: string, kind: string | undefined): boolean => kind === 'date' || field === '@timestamp';

/** In the reader's zone, as in the table, and as it was recorded. */
function Time({ iso }: { iso: string }) {
  return (
    <span>
      {timeText(iso, 0)} <small>{harmless(iso)}</small>
    </span>
  );
}

/** An object as its parts on one line. */
function Parts({ value }: { value: unknown }) {
  if (typeof value !== 'object' || value === null) return null;
  return (
    <span className="parts">
      {Object.entries(value).map(([name, part]) => (
        <span key={name}>
          <small>{harmless(name)}</small> <LongText text={valueText(part)} />
        </span>
      ))}
    </span>
  );
}

function LongText({ text }: { text: string }) {
  const texts = useTexts();
  const [isWhole, setWhole] = useState(false);
  const short = shortened(text, LENGTH_SHOWN);
  if (short === text || isWhole) return <bdi>{text}</bdi>;
  return (
    <bdi>
      {short}{' '}
      <button type="button" className="whole" onClick={() => setWhole(true)}>
        {texts.showAll(text.length)}
      </button>
    </bdi>
  );
}
