import { type FormEvent, useState } from 'react';
import type { Me } from '../../../protocol/api/session.js';
import { ApiError, api } from './api.js';
import { Field, refusalText } from './form.js';
import { useTexts } from './texts.js';
import type { Texts } from './texts-ja.js';

/** As protocol/api/session.ts asks for. */
const LENGTH_MIN = 12;

type Flaw = 'passwordShort' | 'passwordSame' | 'passwordsDiffer';

interface Props {
  name: string;
  onChanged: (me: Me) => void;
  onExpired: () => void;
}

/** The one-time password makes room for one that nobody else has seen. */
export function NewPassword({ name, onChanged, onExpired }: Props) {
  const texts = useTexts();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [flaw, setFlaw] = useState<Flaw | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const refuse = (reason: unknown): void => {
    // A wrong current password is a 401 too.
    if (reason instanceof ApiError && reason.code === 'AUTH_REQUIRED') onExpired();
    else setError(reason);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = flawOf(current, next, again);
    setFlaw(found);
    setError(undefined);
    if (found === undefined) api.changePassword(current, next).then(onChanged, refuse);
  };
  return (
    <main className="door">
      <form className="card" onSubmit={submit}>
        <h2>{texts.newPasswordTitle}</h2>
        <p className="hint">{texts.newPasswordHint}</p>
        {/* Password managers file the new password under this name. */}
        <input type="text" autoComplete="username" value={name} readOnly hidden />
        <Field
          label={texts.currentPassword}
          type="password"
          value={current}
          onChange={setCurrent}
          autoComplete="current-password"
          isFirst
        />
        <Field
          label={texts.newPassword}
          type="password"
          value={next}
          onChange={setNext}
          autoComplete="new-password"
          hint={<Length length={next.length} texts={texts} />}
        />
        <Field
          label={texts.newPasswordAgain}
          type="password"
          value={again}
          onChange={setAgain}
          autoComplete="new-password"
        />
        <p className="failure" role="alert">
          {flaw !== undefined ? texts[flaw] : error !== undefined && refusalText(error, texts)}
        </p>
        <button type="submit" className="main" disabled={current === '' || next === ''}>
          {texts.save}
        </button>
      </form>
    </main>
  );
}

function Length({ length, texts }: { length: number; texts: Texts }) {
  if (length === 0) return null;
  return (
    <small aria-hidden="true" className={length < LENGTH_MIN ? 'short' : 'enough'}>
      {texts.passwordLength(length)} / {LENGTH_MIN}
    </small>
  );
}

function flawOf(current: string, next: string, again: string): Flaw | undefined {
  if (next.length < LENGTH_MIN) return 'passwordShort';
  if (next === current) return 'passwordSame';
  return next === again ? undefined : 'passwordsDiffer';
}
