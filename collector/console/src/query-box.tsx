import { type FormEvent, useEffect, useRef } from 'react';
import type { ApiError } from './api.js';
import { QueryError } from './query-error.js';
import { RANGES, type Range } from './ranges.js';
import { useTexts } from './texts.js';
import type { QueryState } from './use-query.js';

interface Props {
  query: QueryState;
  error: ApiError | undefined;
  range: Range;
  isLive: boolean;
  isHelpOpen: boolean;
  onRun: (query: string) => void;
  onRange: (range: Range) => void;
  onLive: (isLive: boolean) => void;
  onHelp: () => void;
}

export function QueryBox({ query, error, range, isLive, isHelpOpen, onRun, onRange, onLive, onHelp }: Props) {
  const texts = useTexts();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onRun(query.typed);
  };
  return (
    <form className="query" onSubmit={submit}>
      <div className="query-line">
        <QueryInput query={query} hasError={error !== undefined} onClear={() => onRun('')} />
        <button type="submit" className="main">
          {texts.run}
        </button>
        <button type="button" aria-expanded={isHelpOpen} onClick={onHelp}>
          {texts.help}
        </button>
      </div>
      <div id="query-error">{error !== undefined && <QueryError query={query.query} error={error} />}</div>
      <div className="query-options">
        <fieldset className="ranges">
          <legend className="unseen">{texts.range}</legend>
          {RANGES.map((each) => (
            <button key={each} type="button" aria-pressed={each === range} onClick={() => onRange(each)}>
              {texts[`range${each}`]}
            </button>
          ))}
        </fieldset>
        <button
          type="button"
          className="live"
          role="switch"
          aria-checked={isLive}
          aria-label={texts.live}
          onClick={() => onLive(!isLive)}
        >
          <span className="lamp" aria-hidden="true" />
          {texts.live}
          {!isLive && <small>{texts.livePaused}</small>}
        </button>
        <span className="examples">
          {texts.examples}:
          {texts.exampleList.map(([name, example]) => (
            <button key={name} type="button" className="link" title={example} onClick={() => onRun(example)}>
              {name}
            </button>
          ))}
        </span>
      </div>
    </form>
  );
}

interface InputProps {
  query: QueryState;
  hasError: boolean;
  onClear: () => void;
}

function QueryInput({ query, hasError, onClear }: InputProps) {
  const texts = useTexts();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <span className="query-input">
      <input
        ref={input}
        id="query"
        type="text"
        aria-label={texts.query}
        aria-invalid={hasError}
        aria-describedby="query-error"
        placeholder={texts.queryPlaceholder}
        value={query.typed}
        maxLength={4_096}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onChange={(event) => query.type(event.target.value)}
      />
      {query.typed === '' ? (
        <kbd title={texts.slashHint}>/</kbd>
      ) : (
        <button
          type="button"
          className="plain"
          aria-label={texts.clearQuery}
          title={texts.clearQuery}
          onClick={onClear}
        >
          ✕
        </button>
      )}
    </span>
  );
}
