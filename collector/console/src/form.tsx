import type { ReactNode } from 'react';
import { ApiError } from './api.js';
import { failureText } from './texts.js';
import type { Texts } from './texts-ja.js';

interface FieldProps {
  label: string;
  type: 'text' | 'password';
  value: string;
  onChange: (value: string) => void;
  autoComplete: string;
  isFirst?: boolean;
  hint?: ReactNode;
}

/** A labelled line of a form. */
export function Field({ label, type, value, onChange, autoComplete, isFirst = false, hint }: FieldProps) {
  return (
    <div className="field">
      <label>
        <span>{label}</span>
        <input
          type={type}
          value={value}
          autoComplete={autoComplete}
          autoCapitalize="off"
          spellCheck={false}
          // biome-ignore lint/a11y/noAutofocus: the form is all there is on this page.
          autoFocus={isFirst}
          onChange={(event) => onChange(event.target.value)}
        />
      </label>
      {hint}
    </div>
  );
}

/** Where a code is typed, the first thing on its page. */
export function CodeField({ label, value, onChange }: Pick<FieldProps, 'label' | 'value' | 'onChange'>) {
  return <Field label={label} type="text" value={value} onChange={onChange} autoComplete="one-time-code" isFirst />;
}

/** What went wrong with a form, for its reader. @throws whatever is not a refusal: a bug of ours */
export function refusalText(error: unknown, texts: Texts): string {
  if (!(error instanceof ApiError)) throw error;
  return error.status === 0 ? texts.unreachableOnce : failureText(texts, error);
}
