import type { ApiError } from './api.js';
import { harmless } from './format.js';
import { failureText, useTexts } from './texts.js';
import { isRefusal } from './use-events.js';

/** What is wrong, and where: the query once more with the place marked, up to the end of the word. */
export function QueryError({ query, error }: { query: string; error: ApiError }) {
  const texts = useTexts();
  const { position } = error;
  return (
    <div className="failure" role="alert">
      <strong>{failureText(texts, error)}</strong> {isRefusal(error) && harmless(texts.explain(error.message))}
      {position !== undefined && <Marked query={query} position={position} />}
    </div>
  );
}

function Marked({ query, position }: { query: string; position: number }) {
  const length = /^[^\s:()[\]{}]+|^./.exec(query.slice(position))?.[0].length ?? 0;
  return (
    <code>
      {harmless(query.slice(0, position))}
      <mark>{harmless(query.slice(position, position + length)) || '\u00a0'}</mark>
      {harmless(query.slice(position + length))}
    </code>
  );
}
