import { useState } from 'react';
import { useTexts } from './texts.js';
import { useEscape } from './use-escape.js';
import type { Fields } from './use-fields.js';

interface Props {
  fields: Fields | undefined;
  onClose: () => void;
  onUse: (query: string) => void;
}

/** How to ask, with examples to press, and what can be asked for. */
export function Help({ fields, onClose, onUse }: Props) {
  const texts = useTexts();
  useEscape(onClose);
  return (
    <aside className="help" aria-label={texts.helpTitle}>
      <div className="panel-head">
        <div>
          <h3>{texts.helpTitle}</h3>
          <p className="hint">{texts.helpHint}</p>
        </div>
        <button type="button" className="plain" onClick={onClose}>
          {texts.close} <kbd>Esc</kbd>
        </button>
      </div>
      <dl>
        {texts.helpRows.map(([example, meaning]) => (
          <div key={example}>
            <dt>
              <button type="button" className="code" onClick={() => onUse(example)}>
                {example}
              </button>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <FieldTable fields={fields} />
    </aside>
  );
}

function FieldTable({ fields }: { fields: Fields | undefined }) {
  const texts = useTexts();
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const shown = [...(fields?.values() ?? [])]
    .map((field) => ({ ...field, hint: texts.fieldHint(field.name, field.description) }))
    .filter(({ name, hint }) => `${name} ${hint}`.toLowerCase().includes(wanted))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return (
    <section className="fields">
      <div className="fields-head">
        <h4>
          {texts.fields} <span className="count">{fields?.size ?? 0}</span>
        </h4>
        <input
          type="search"
          aria-label={texts.filterFields}
          placeholder={texts.filterFields}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {fields?.size === 0 && <p className="failure">{texts.fieldsFailed}</p>}
      <dl>
        {shown.map(({ name, kind, hint }) => (
          <div key={name}>
            <dt>
              <code>{name}</code> <small>{kind}</small>
            </dt>
            <dd>{hint}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
