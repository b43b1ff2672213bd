import { type FormEvent, useState } from 'react';
import type { Company } from '../../../protocol/api/fleet.js';
import type { Me, OneTimePassword, UserView } from '../../../protocol/api/session.js';
import { accessApi } from './access-api.js';
import { Ask } from './ask.js';
import { refusalText } from './form.js';
import { harmless } from './format.js';
import { isWhole, NewName, RoleChoice, type Scope, scopeBody } from './role-choice.js';
import { Secret } from './secret.js';
import { useTexts } from './texts.js';
import { type Loaded, useLoaded } from './use-loaded.js';

interface All {
  readonly users: readonly UserView[];
  readonly companies: readonly Company[];
}
interface Question {
  readonly text: string;
  readonly work: () => Promise<unknown>;
}

async function load(): Promise<All> {
  const [{ users }, { companies }] = await Promise.all([accessApi.users(), accessApi.companies()]);
  return { users, companies };
}

/** Everybody who may sign in: added, disabled, removed, helped when something is lost. */
export function People({ me, onExpired }: { me: Me; onExpired: () => void }) {
  const texts = useTexts();
  const all = useLoaded(load, onExpired);
  const [question, setQuestion] = useState<Question | undefined>(undefined);
  const [shown, setShown] = useState<OneTimePassword | undefined>(undefined);
  const yes = (): void => {
    if (question !== undefined) void all.run(question.work);
    setQuestion(undefined);
  };
  return (
    <section aria-label={texts.access.people}>
      <NewPerson all={all} onAdded={setShown} />
      <p className="failure" role="alert">
        {all.error !== undefined && refusalText(all.error, texts)}
      </p>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th>{texts.name}</th>
              <th>{texts.access.role}</th>
              <th>{texts.access.secondStep}</th>
              <th>{texts.access.lastSignIn}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {(all.value?.users ?? []).map((user) => (
              <Person
                key={user.name}
                user={user}
                companies={all.value?.companies ?? []}
                isMe={user.name === me.name}
                onAsk={setQuestion}
                onShown={setShown}
              />
            ))}
          </tbody>
        </table>
      </div>
      {question !== undefined && <Ask text={question.text} onYes={yes} onClose={() => setQuestion(undefined)} />}
      {shown !== undefined && (
        <Ask text={texts.access.oneTime(harmless(shown.name))} onClose={() => setShown(undefined)}>
          <Secret text={shown.password} />
        </Ask>
      )}
    </section>
  );
}

interface PersonProps {
  user: UserView;
  companies: readonly Company[];
  isMe: boolean;
  onAsk: (question: Question) => void;
  onShown: (made: OneTimePassword) => void;
}

function Person({ user, companies, isMe, onAsk, onShown }: PersonProps) {
  const texts = useTexts();
  const name = harmless(user.name);
  const company = companies.find(({ id }) => id === user.company)?.name ?? user.company;
  return (
    <tr className={user.isDisabled ? 'faint' : undefined}>
      <td>
        {name}
        {isMe && texts.access.yourself}
        {user.isDisabled && <span className="badge bad">{texts.access.isDisabled}</span>}
        {user.mustChangePassword && <span className="badge">{texts.access.isNew}</span>}
      </td>
      <td>
        {texts.access.roles[user.role]}
        {company !== undefined && ` (${harmless(company)})`}
      </td>
      <td>{user.hasTotp ? <span className="badge good">{texts.access.on}</span> : texts.access.off}</td>
      <td className="when">
        {user.lastSignIn === undefined ? texts.access.never : new Date(user.lastSignIn).toLocaleString()}
      </td>
      <td className="acts">{!isMe && <Acts user={user} name={name} onAsk={onAsk} onShown={onShown} />}</td>
    </tr>
  );
}

function Acts({ user, name, onAsk, onShown }: Omit<PersonProps, 'companies' | 'isMe'> & { name: string }) {
  const texts = useTexts();
  const { access } = texts;
  const act = (label: string, text: string, work: () => Promise<unknown>) => (
    <button type="button" aria-label={`${label}: ${name}`} onClick={() => onAsk({ text, work })}>
      {label}
    </button>
  );
  return (
    <>
      {act(access.resetPassword, access.sureReset(name), () => accessApi.resetPassword(user.name).then(onShown))}
      {user.hasTotp && act(access.resetTotp, access.sureResetTotp(name), () => accessApi.resetTotp(user.name))}
      {user.isDisabled
        ? act(access.enable, `${access.enable}: ${name}`, () => accessApi.changeUser(user.name, { isDisabled: false }))
        : act(access.disable, access.sureDisable(name), () => accessApi.changeUser(user.name, { isDisabled: true }))}
      {act(access.remove, access.sureRemove(name), () => accessApi.removeUser(user.name))}
    </>
  );
}

function NewPerson({ all, onAdded }: { all: Loaded<All>; onAdded: (made: OneTimePassword) => void }) {
  const texts = useTexts();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>({ role: 'soc', company: '' });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void all.run(async () => {
      onAdded(await accessApi.addUser({ name: name.trim(), ...scopeBody(scope) }));
      setName('');
    });
  };
  return (
    <form className="line" onSubmit={submit} aria-label={texts.access.addPerson}>
      <NewName label={texts.access.addPerson} name={name} onChange={setName} />
      <RoleChoice scope={scope} companies={all.value?.companies ?? []} onChange={setScope} />
      <button type="submit" className="main" disabled={name.trim() === '' || !isWhole(scope)}>
        {texts.access.add}
      </button>
    </form>
  );
}
