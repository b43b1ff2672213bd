import { type FormEvent, useState } from 'react';
import type { Me } from '../../../protocol/api/session.js';
import { accessApi } from './access-api.js';
import { ApiError } from './api.js';
import { CodeField, refusalText } from './form.js';
import { RecoveryCodes } from './recovery-codes.js';
import { useTexts } from './texts.js';
import { TotpSetUp } from './totp-set-up.js';

/** With fewer recovery codes left than this, new ones are proposed. */
const FEW = 4;

interface Props {
  me: Me;
  onChanged: (me: Me) => void;
  onExpired: () => void;
  onBack: () => void;
}
type Task = 'none' | 'set-up' | 'renew' | 'remove';

/** What a person does about the own second step. */
export function Account({ me, onChanged, onExpired, onBack }: Props) {
  const texts = useTexts();
  const [task, setTask] = useState<Task>('none');
  const [codes, setCodes] = useState<readonly string[] | undefined>(undefined);
  const leave = (): void => setTask('none');
  const changed = (next: Me): void => {
    onChanged(next);
    setCodes(undefined);
    leave();
  };
  if (task === 'set-up') return <TotpSetUp me={me} onDone={changed} onExpired={onExpired} onCancel={leave} />;
  if (codes !== undefined)
    return <RecoveryCodes codes={codes} onKept={() => changed({ ...me, recoveryCodesLeft: codes.length })} />;
  return (
    <main className="door">
      <div className="card">
        <h2>{texts.access.account(me.name)}</h2>
        {task === 'none' && <Choice me={me} onTask={setTask} />}
        {task === 'renew' && (
          <WithCode
            label={texts.access.newRecovery}
            onCode={(code) => accessApi.renewRecoveryCodes(code).then((answer) => setCodes(answer.recoveryCodes))}
            onCancel={leave}
            onExpired={onExpired}
          />
        )}
        {task === 'remove' && (
          <WithCode
            label={texts.access.turnOff}
            onCode={(code) => accessApi.removeTotp(code).then(changed)}
            onCancel={leave}
            onExpired={onExpired}
          />
        )}
        <button type="button" onClick={onBack}>
          {texts.access.back}
        </button>
      </div>
    </main>
  );
}

function Choice({ me, onTask }: { me: Me; onTask: (task: Task) => void }) {
  const texts = useTexts();
  const left = me.recoveryCodesLeft ?? 0;
  if (me.hasTotp !== true)
    return (
      <>
        <p className="hint">{texts.access.totpOff}</p>
        <button type="button" className="main" onClick={() => onTask('set-up')}>
          {texts.access.begin}
        </button>
      </>
    );
  return (
    <>
      <p className="hint">{texts.access.totpOn(left)}</p>
      {left < FEW && <p className="failure">{texts.access.totpFew}</p>}
      <button type="button" onClick={() => onTask('renew')}>
        {texts.access.newRecovery}
      </button>
      <button type="button" onClick={() => onTask('set-up')}>
        {texts.access.otherDevice}
      </button>
      <button type="button" onClick={() => onTask('remove')}>
        {texts.access.turnOff}
      </button>
    </>
  );
}

interface WithCodeProps {
  label: string;
  onCode: (code: string) => Promise<void>;
  onCancel: () => void;
  onExpired: () => void;
}

/** Something that wants a code first. */
function WithCode({ label, onCode, onCancel, onExpired }: WithCodeProps) {
  const texts = useTexts();
  const [code, setCode] = useState('');
  const [error, setError] = useState<unknown>(undefined);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setError(undefined);
    onCode(code).catch((reason: unknown) => {
      if (reason instanceof ApiError && reason.code === 'AUTH_REQUIRED') onExpired();
      else setError(reason);
    });
  };
  return (
    <form className="steps" onSubmit={submit}>
      <CodeField label={texts.access.codeOrRecovery} value={code} onChange={setCode} />
      <p className="failure" role="alert">
        {error !== undefined && refusalText(error, texts)}
      </p>
      <button type="submit" className="main" disabled={code.trim() === ''}>
        {label}
      </button>
      <button type="button" onClick={onCancel}>
        {texts.access.cancel}
      </button>
    </form>
  );
}
