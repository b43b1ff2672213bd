import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { ApiError } from './api.js';
import { useTexts } from './texts.js';

interface Props {
  query: string;
  error: ApiError | undefined;
  range: string;
  isLive: boolean;
  onRun: (query: string) => void;
  onRange: (range: string) => void;
  onLive: (isLive: boolean) => void;
  onHelp: () => void;
}

export function QueryBox({ query, error, range, isLive, onRun, onRange, onLive, onHelp }: Props) {
  const texts = useTexts();
  const [text, setText] = useState(query);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setText(query), [query]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
      if (event.key !== '/' || isTyping) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onRun(text);
  };
  return (
    <form className="query" onSubmit={submit}>
      <div className="query-line">
        <input
          ref={input}
          type="text"
          aria-label={texts.query}
          aria-invalid={error !== undefined}
          aria-describedby="query-error"
          placeholder={texts.queryPlaceholder}
          value={text}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="main">
          {texts.run}
        </button>
        <button type="button" onClick={onHelp}>
          {texts.help}
        </button>
      </div>
      <div id="query-error">{error !== undefined && <QueryError query={query} error={error} />}</div>
      <div className="query-options">
        <Ranges range={range} onRange={onRange} />
        <label className="live">
          <input type="checkbox" checked={isLive} onChange={(event) => onLive(event.target.checked)} />
          {texts.live}
        </label>
      </div>
    </form>
  );
}

function Ranges({ range, onRange }: { range: string; onRange: (range: string) => void }) {
  const texts = useTexts();
  const ranges: [string, string][] = [
    ['now-15m', texts.range15m],
    ['now-1h', texts.range1h],
    ['now-24h', texts.range24h],
    ['now-7d', texts.range7d],
  ];
  return (
    <div className="ranges">
      {ranges.map(([value, label]) => (
        <button key={value} type="button" aria-pressed={value === range} onClick={() => onRange(value)}>
          {label}
        </button>
      ))}
    </div>
  );
}

/** What is wrong, and where: the query again with the place marked. */
function QueryError({ query, error }: { query: string; error: ApiError }) {
  const texts = useTexts();
  const intro = texts.errors[error.code] ?? (error.status === 0 ? texts.unreachable : '');
  const { position } = error;
  return (
    <div className="failure" role="alert">
      {intro} {error.message}
      {position !== undefined && (
        <code>
          {query.slice(0, position)}
          <mark>{query.slice(position, position + 12) || '␣'}</mark>
          {query.slice(position + 12)}
        </code>
      )}
    </div>
  );
}
