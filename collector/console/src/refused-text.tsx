import { ApiError } from './api.js';
import { refusalText } from './form.js';
import { harmless } from './format.js';
import { useTexts } from './texts.js';

/** Codes whose message says more than any text of ours: which field, which limit. */
const TELLING: ReadonlySet<string> = new Set([
  'REMOTE_INVALID',
  'REMOTE_CONFIG_INVALID',
  'REMOTE_LIMIT',
  'INPUT_INVALID',
]);

/** What was refused and what to do, where there is something. */
export function RefusedText({ error }: { error: unknown }) {
  const texts = useTexts();
  const isTelling = error instanceof ApiError && TELLING.has(error.code) && error.message !== '';
  return (
    <p className="failure" role="alert">
      {error !== undefined && refusalText(error, texts)}
      {isTelling && <code className="said">{harmless(error.message)}</code>}
    </p>
  );
}
