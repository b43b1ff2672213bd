import { type FormEvent, useState } from 'react';
import type { Me } from '../../../protocol/api/session.js';
import { accessApi } from './access-api.js';
import { ApiError } from './api.js';
import { CodeField, refusalText } from './form.js';
import { useTexts } from './texts.js';

/** After the password: the code of the authenticator. */
export function CodeStep({ onSignedIn, onExpired }: { onSignedIn: (me: Me) => void; onExpired: () => void }) {
  const texts = useTexts();
  const [code, setCode] = useState('');
  const [error, setError] = useState<unknown>(undefined);
  const [isBusy, setBusy] = useState(false);
  const refuse = (reason: unknown): void => {
    if (reason instanceof ApiError && reason.code === 'AUTH_REQUIRED') onExpired();
    else setError(reason);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setError(undefined);
    setBusy(true);
    accessApi
      .giveCode(code)
      .then(onSignedIn, refuse)
      .finally(() => setBusy(false));
  };
  return (
    <main className="door">
      <form className="card" onSubmit={submit}>
        <h2>{texts.access.codeTitle}</h2>
        <p className="hint">{texts.access.codeHint}</p>
        <CodeField label={texts.access.code} value={code} onChange={setCode} />
        <p className="failure" role="alert">
          {error !== undefined && refusalText(error, texts)}
        </p>
        <button type="submit" className="main" disabled={isBusy || code.trim() === ''}>
          {texts.access.next}
        </button>
      </form>
    </main>
  );
}
