import { type FormEvent, useCallback, useEffect, useState } from 'react';
import type { AuditEntry } from '../../../protocol/api/audit.js';
import { accessApi } from './access-api.js';
import { ApiError } from './api.js';
import { refusalText } from './form.js';
import { harmless } from './format.js';
import { useTexts } from './texts.js';

const PAGE = '100';

interface Filter {
  readonly who: string;
  readonly text: string;
}

/** Who looked at or changed what. */
export function AuditLog({ onExpired }: { onExpired: () => void }) {
  const texts = useTexts();
  const [filter, setFilter] = useState<Filter>({ who: '', text: '' });
  const [entries, setEntries] = useState<readonly AuditEntry[] | undefined>(undefined);
  const [next, setNext] = useState<string | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const ask = useCallback(
    async ({ who, text }: Filter, before: string | undefined, shown: readonly AuditEntry[]): Promise<void> => {
      const query = { limit: PAGE, ...(who !== '' && { who }), ...(text !== '' && { text }) };
      try {
        const answer = await accessApi.audit(before === undefined ? query : { ...query, before });
        setEntries([...shown, ...answer.entries]);
        setNext(answer.next);
        setError(undefined);
      } catch (reason) {
        if (reason instanceof ApiError && reason.code === 'AUTH_REQUIRED') onExpired();
        else setError(reason);
      }
    },
    [onExpired],
  );
  useEffect(() => void ask({ who: '', text: '' }, undefined, []), [ask]);
  return (
    <section aria-label={texts.access.audit}>
      <p className="hint">{texts.access.auditHint}</p>
      <FilterForm
        onFilter={(given) => {
          setFilter(given);
          void ask(given, undefined, []);
        }}
      />
      <p className="failure" role="alert">
        {error !== undefined && refusalText(error, texts)}
      </p>
      {entries?.length === 0 && <p className="empty">{texts.access.noEntries}</p>}
      {entries !== undefined && entries.length > 0 && <EntryTable entries={entries} />}
      {next !== undefined && (
        <button type="button" onClick={() => void ask(filter, next, entries ?? [])}>
          {texts.access.more}
        </button>
      )}
    </section>
  );
}

function FilterForm({ onFilter }: { onFilter: (filter: Filter) => void }) {
  const { access } = useTexts();
  const [who, setWho] = useState('');
  const [text, setText] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onFilter({ who: who.trim(), text: text.trim() });
  };
  return (
    <form className="line" onSubmit={submit}>
      <label>
        {access.whoFilter}
        <input value={who} maxLength={140} onChange={(event) => setWho(event.target.value)} />
      </label>
      <label>
        {access.textFilter}
        <input value={text} maxLength={200} onChange={(event) => setText(event.target.value)} />
      </label>
      <button type="submit">{access.search}</button>
    </form>
  );
}

function EntryTable({ entries }: { entries: readonly AuditEntry[] }) {
  const { access } = useTexts();
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th>{access.at}</th>
            <th>{access.who}</th>
            <th>{access.what}</th>
            <th>{access.detail}</th>
            <th>{access.company}</th>
            <th>{access.address}</th>
          </tr>
        </thead>
        <tbody>
          {entries.map(({ id, at, who, what, detail, company, address }) => (
            <tr key={id}>
              <td className="when">{new Date(at).toLocaleString()}</td>
              <td>{harmless(who)}</td>
              <td>{Object.hasOwn(access.whats, what) ? access.whats[what] : what}</td>
              <td>{harmless(detail ?? '')}</td>
              <td>{company}</td>
              <td>{address}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
