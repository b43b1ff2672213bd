import { type FormEvent, useState } from 'react';
import type { Company } from '../../../protocol/api/fleet.js';
import type { CreatedToken, TokenList } from '../../../protocol/api/session.js';
import { accessApi } from './access-api.js';
import { Ask } from './ask.js';
import { refusalText } from './form.js';
import { harmless } from './format.js';
import { isWhole, NewName, RoleChoice, type Scope, scopeBody } from './role-choice.js';
import { Secret } from './secret.js';
import { useTexts } from './texts.js';
import { type Loaded, useLoaded } from './use-loaded.js';

type Token = TokenList['tokens'][number];
interface All {
  readonly tokens: readonly Token[];
  readonly companies: readonly Company[];
}

async function load(): Promise<All> {
  const [{ tokens }, { companies }] = await Promise.all([accessApi.tokens(), accessApi.companies()]);
  return { tokens, companies };
}

/** What programs use the API with. */
export function TokensPage({ onExpired }: { onExpired: () => void }) {
  const texts = useTexts();
  const all = useLoaded(load, onExpired);
  const [leaving, setLeaving] = useState<Token | undefined>(undefined);
  const [made, setMade] = useState<CreatedToken | undefined>(undefined);
  const revoke = (): void => {
    if (leaving !== undefined) void all.run(() => accessApi.revokeToken(leaving.id));
    setLeaving(undefined);
  };
  return (
    <section aria-label={texts.access.tokens}>
      <p className="hint">{texts.access.tokensHint}</p>
      <NewTokenForm all={all} onMade={setMade} />
      <p className="failure" role="alert">
        {all.error !== undefined && refusalText(all.error, texts)}
      </p>
      {all.value?.tokens.length === 0 && <p className="empty">{texts.access.noTokens}</p>}
      {all.value !== undefined && all.value.tokens.length > 0 && <TokenTable all={all.value} onRevoke={setLeaving} />}
      {leaving !== undefined && (
        <Ask
          text={texts.access.sureRevoke(harmless(leaving.name))}
          onYes={revoke}
          onClose={() => setLeaving(undefined)}
        />
      )}
      {made !== undefined && (
        <Ask text={texts.access.tokenShown} onClose={() => setMade(undefined)}>
          <Secret text={made.token} />
        </Ask>
      )}
    </section>
  );
}

function TokenTable({ all, onRevoke }: { all: All; onRevoke: (token: Token) => void }) {
  const { access } = useTexts();
  const nameOf = (id: string): string => harmless(all.companies.find((company) => company.id === id)?.name ?? id);
  const nowMs = Date.now();
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th>{access.tokens}</th>
            <th>{access.role}</th>
            <th>{access.owner}</th>
            <th>{access.expires}</th>
            <th>{access.lastUsed}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {all.tokens.map((token) => (
            <tr key={token.id} className={Date.parse(token.expires) <= nowMs ? 'faint' : undefined}>
              <td>
                {harmless(token.name)} <small>{token.id}</small>
                {Date.parse(token.expires) <= nowMs && <span className="badge bad">{access.expired}</span>}
              </td>
              <td>
                {access.roles[token.role]}
                {token.company !== undefined && ` (${nameOf(token.company)})`}
              </td>
              <td>{harmless(token.owner)}</td>
              <td className="when">{new Date(token.expires).toLocaleDateString()}</td>
              <td className="when">
                {token.lastUsed === undefined ? access.never : new Date(token.lastUsed).toLocaleString()}
              </td>
              <td className="acts">
                <button
                  type="button"
                  aria-label={`${access.revoke}: ${harmless(token.name)}`}
                  onClick={() => onRevoke(token)}
                >
                  {access.revoke}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NewTokenForm({ all, onMade }: { all: Loaded<All>; onMade: (made: CreatedToken) => void }) {
  const texts = useTexts();
  const [name, setName] = useState('');
  const [days, setDays] = useState('90');
  const [scope, setScope] = useState<Scope>({ role: 'soc', company: '' });
  const expiresInDays = Number(days);
  const isRight = Number.isInteger(expiresInDays) && expiresInDays >= 1 && expiresInDays <= 730;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void all.run(async () => {
      onMade(await accessApi.addToken({ name: name.trim(), expiresInDays, ...scopeBody(scope) }));
      setName('');
    });
  };
  return (
    <form className="line" onSubmit={submit} aria-label={texts.access.addToken}>
      <NewName label={texts.access.addToken} name={name} onChange={setName} />
      <RoleChoice scope={scope} companies={all.value?.companies ?? []} onChange={setScope} />
      <label>
        {texts.access.days}
        <input type="number" min={1} max={730} value={days} onChange={(event) => setDays(event.target.value)} />
      </label>
      <button type="submit" className="main" disabled={name.trim() === '' || !isRight || !isWhole(scope)}>
        {texts.access.add}
      </button>
    </form>
  );
}
