import { useEffect, useState } from 'react';
import type { FieldList } from '../../../protocol/api/events.js';
import { api } from './api.js';
import { useTexts } from './texts.js';

export function Help({ onClose, onUse }: { onClose: () => void; onUse: (query: string) => void }) {
  const texts = useTexts();
  const [fields, setFields] = useState<FieldList['fields']>([]);
  useEffect(() => {
    // Without the list the syntax is still worth reading.
    api.fields().then(
      (answer) => setFields(answer.fields),
      () => {},
    );
  }, []);
  return (
    <aside className="help" aria-label={texts.helpTitle}>
      <div className="help-head">
        <h3>{texts.helpTitle}</h3>
        <button type="button" className="plain" onClick={onClose}>
          {texts.close}
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
      <details>
        <summary>
          {texts.fields} ({fields.length})
        </summary>
        <ul className="fields">
          {fields.map((field) => (
            <li key={field.name}>
              <code>{field.name}</code> <small>{field.kind}</small> {field.description}
            </li>
          ))}
        </ul>
      </details>
    </aside>
  );
}
