import { type FormEvent, useCallback, useEffect, useState } from 'react';
import type { Me } from '../../../protocol/api/session.js';
import type { TotpSecret } from '../../../protocol/api/totp.js';
import { accessApi } from './access-api.js';
import { ApiError } from './api.js';
import { CodeField, Field, refusalText } from './form.js';
import { QrPicture } from './qr-picture.js';
import { RecoveryCodes } from './recovery-codes.js';
import { useTexts } from './texts.js';

interface Props {
  me: Me;
  onDone: (me: Me) => void;
  onExpired: () => void;
  /** Absent where it has to be done. */
  onCancel?: () => void;
}

/** From a proof of who it is, over the picture and its first code, to the recovery codes. */
export function TotpSetUp({ me, onDone, onExpired, onCancel }: Props) {
  const texts = useTexts();
  const [offered, setOffered] = useState<TotpSecret | undefined>(undefined);
  const [needsPassword, setNeedsPassword] = useState(false);
  const [done, setDone] = useState<{ me: Me; codes: readonly string[] } | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const refuse = useCallback(
    (reason: unknown): void => {
      if (reason instanceof ApiError && reason.code === 'AUTH_REQUIRED') onExpired();
      else setError(reason);
    },
    [onExpired],
  );
  const hasTotp = me.hasTotp === true;
  // Just after signing in nobody has to type the password again.
  useEffect(() => {
    if (hasTotp) return;
    accessApi.setUpTotp({}).then(setOffered, (reason: unknown) => {
      if (reason instanceof ApiError && reason.code === 'AUTH_FAILED') setNeedsPassword(true);
      else refuse(reason);
    });
  }, [hasTotp, refuse]);
  if (done !== undefined) return <RecoveryCodes codes={done.codes} onKept={() => onDone(done.me)} />;
  const send = (work: Promise<void>): void => {
    setError(undefined);
    work.catch(refuse);
  };
  const prove = (text: string): void =>
    send(accessApi.setUpTotp(hasTotp ? { code: text } : { password: text }).then(setOffered));
  const confirm = (code: string): void =>
    send(accessApi.confirmTotp(code).then((answer) => setDone({ me: answer.me, codes: answer.recoveryCodes })));
  return (
    <main className="door">
      <div className="card">
        <h2>{texts.access.setUpTitle}</h2>
        {me.mustSetUpTotp === true && <p className="hint">{texts.access.setUpMust}</p>}
        {offered !== undefined ? (
          <Offer key="offer" offered={offered} onCode={confirm} />
        ) : (
          (hasTotp || needsPassword) && <Proof key="proof" isCode={hasTotp} onProof={prove} />
        )}
        <p className="failure" role="alert">
          {error !== undefined && refusalText(error, texts)}
        </p>
        {onCancel !== undefined && (
          <button type="button" onClick={onCancel}>
            {texts.access.cancel}
          </button>
        )}
      </div>
    </main>
  );
}

function Proof({ isCode, onProof }: { isCode: boolean; onProof: (text: string) => void }) {
  const texts = useTexts();
  const [text, setText] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onProof(text);
  };
  return (
    <form className="steps" onSubmit={submit}>
      <p className="hint">{isCode ? texts.access.setUpCode : texts.access.setUpPassword}</p>
      <Field
        label={isCode ? texts.access.codeOrRecovery : texts.password}
        type={isCode ? 'text' : 'password'}
        value={text}
        onChange={setText}
        autoComplete={isCode ? 'one-time-code' : 'current-password'}
        isFirst
      />
      <button type="submit" className="main" disabled={text === ''}>
        {texts.access.next}
      </button>
    </form>
  );
}

function Offer({ offered, onCode }: { offered: TotpSecret; onCode: (code: string) => void }) {
  const texts = useTexts();
  const [code, setCode] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onCode(code);
  };
  return (
    <form className="steps" onSubmit={submit}>
      <p className="hint lines">{texts.access.setUpHint}</p>
      <QrPicture text={offered.uri} label={texts.access.qr} />
      <p className="hint">{texts.access.byHand}</p>
      <code className="secret">{offered.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</code>
      <CodeField label={texts.access.code} value={code} onChange={setCode} />
      <button type="submit" className="main" disabled={code.trim() === ''}>
        {texts.access.turnOn}
      </button>
    </form>
  );
}
