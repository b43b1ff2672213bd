import { type FormEvent, useState } from 'react';
import type { Me } from '../../../protocol/api/session.js';
import { api } from './api.js';
import { Field, refusalText } from './form.js';
import { useTexts } from './texts.js';

export function SignIn({ hint, onSignedIn }: { hint: string; onSignedIn: (me: Me) => void }) {
  const texts = useTexts();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(undefined);
  const [isBusy, setBusy] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setError(undefined);
    setBusy(true);
    api
      .signIn(name, password)
      .then(onSignedIn, setError)
      .finally(() => setBusy(false));
  };
  return (
    <main className="door">
      <form className="card" onSubmit={submit}>
        <h2>{texts.signIn}</h2>
        <p className="hint">{hint}</p>
        <Field label={texts.name} type="text" value={name} onChange={setName} autoComplete="username" isFirst />
        <Field
          label={texts.password}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
        />
        <p className="failure" role="alert">
          {error !== undefined && refusalText(error, texts)}
        </p>
        <button type="submit" className="main" disabled={isBusy || name === '' || password === ''}>
          {texts.signIn}
        </button>
      </form>
    </main>
  );
}
