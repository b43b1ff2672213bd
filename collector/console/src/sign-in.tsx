import { type FormEvent, useState } from 'react';
import type { Me } from '../../../protocol/api/session.js';
import { ApiError, api } from './api.js';
import { useTexts } from './texts.js';

const LENGTH_MIN = 12;

function useFailure(): [string, (error: unknown) => void, (text: string) => void] {
  const texts = useTexts();
  const [failure, setFailure] = useState('');
  const fail = (error: unknown): void => {
    if (!(error instanceof ApiError)) throw error;
    setFailure(texts.errors[error.code] ?? (error.status === 0 ? texts.unreachable : error.message));
  };
  return [failure, fail, setFailure];
}

export function SignIn({ onSignedIn }: { onSignedIn: (me: Me) => void }) {
  const texts = useTexts();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [failure, fail, setFailure] = useFailure();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setFailure('');
    api.signIn(name, password).then(onSignedIn, fail);
  };
  return (
    <main className="door">
      <form className="card" onSubmit={submit}>
        <h2>{texts.signIn}</h2>
        <p className="hint">{texts.signInHint}</p>
        <Field label={texts.name} type="text" value={name} onChange={setName} autoComplete="username" isFirst />
        <Field
          label={texts.password}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
        />
        <p className="failure" role="alert">
          {failure}
        </p>
        <button type="submit" className="main" disabled={name === '' || password === ''}>
          {texts.signIn}
        </button>
      </form>
    </main>
  );
}

export function NewPassword({ onChanged }: { onChanged: (me: Me) => void }) {
  const texts = useTexts();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [failure, fail, setFailure] = useFailure();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const flaw = next.length < LENGTH_MIN ? texts.passwordShort : next === again ? '' : texts.passwordsDiffer;
    setFailure(flaw);
    if (flaw === '') api.changePassword(current, next).then(onChanged, fail);
  };
  return (
    <main className="door">
      <form className="card" onSubmit={submit}>
        <h2>{texts.newPasswordTitle}</h2>
        <p className="hint">{texts.newPasswordHint}</p>
        <Field
          label={texts.currentPassword}
          type="password"
          value={current}
          onChange={setCurrent}
          autoComplete="current-password"
          isFirst
        />
        <Field label={texts.newPassword} type="password" value={next} onChange={setNext} autoComplete="new-password" />
        <Field
          label={texts.newPasswordAgain}
          type="password"
          value={again}
          onChange={setAgain}
          autoComplete="new-password"
        />
        <p className="failure" role="alert">
          {failure}
        </p>
        <button type="submit" className="main">
          {texts.save}
        </button>
      </form>
    </main>
  );
}

interface FieldProps {
  label: string;
  type: 'text' | 'password';
  value: string;
  onChange: (value: string) => void;
  autoComplete: string;
  isFirst?: boolean;
}

function Field({ label, type, value, onChange, autoComplete, isFirst = false }: FieldProps) {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        type={type}
        value={value}
        autoComplete={autoComplete}
        // biome-ignore lint/a11y/noAutofocus: the form is all there is on this page.
        autoFocus={isFirst}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
