import { useState } from 'react';

const RUN_KEY = 'hinomi.query';
const TYPED_KEY = 'hinomi.typed';

export interface QueryState {
  /** What was asked. */
  readonly query: string;
  /** What is in the box, perhaps not asked yet. */
  readonly typed: string;
  type(text: string): void;
  run(query: string): void;
}

/** The query and what is being typed, kept for the session of the browser: signing in again does not lose them. */
export function useQuery(): QueryState {
  const [query, setQuery] = useState(() => sessionStorage.getItem(RUN_KEY) ?? '');
  const [typed, setTyped] = useState(() => sessionStorage.getItem(TYPED_KEY) ?? query);
  const type = (text: string): void => {
    sessionStorage.setItem(TYPED_KEY, text);
    setTyped(text);
  };
  const run = (text: string): void => {
    sessionStorage.setItem(RUN_KEY, text);
    setQuery(text);
    type(text);
  };
  return { query, typed, type, run };
}

/** Whoever signs in next starts with an empty page. */
export function forgetQuery(): void {
  sessionStorage.removeItem(RUN_KEY);
  sessionStorage.removeItem(TYPED_KEY);
}
