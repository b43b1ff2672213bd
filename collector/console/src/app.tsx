import { useCallback, useEffect, useState } from 'react';
import type { Me } from '../../../protocol/api/session.js';
import { ApiError, api } from './api.js';
import { Home } from './home.js';
import { NewPassword } from './new-password.js';
import { SignIn } from './sign-in.js';
import { type Language, LanguageContext, storedLanguage, storeLanguage, TEXTS } from './texts.js';
import { forgetQuery } from './use-query.js';

/** Who is here: not known yet, not to be found out, nobody, somebody whose session ended, or somebody. */
type Visitor = 'unknown' | 'unreachable' | 'nobody' | 'expired' | Me;

export function App() {
  const [language, setLanguage] = useState<Language>(storedLanguage);
  const [visitor, setVisitor] = useState<Visitor>('unknown');
  const texts = TEXTS[language];
  const me = typeof visitor === 'string' ? undefined : visitor;

  useEffect(() => {
    document.documentElement.lang = language;
    document.title = texts.product;
    storeLanguage(language);
  }, [language, texts]);

  const ask = useCallback(() => {
    api
      .me()
      .then(setVisitor, (error: unknown) =>
        setVisitor(error instanceof ApiError && error.status === 401 ? 'nobody' : 'unreachable'),
      );
  }, []);
  useEffect(ask, [ask]);

  const onExpired = useCallback(() => setVisitor('expired'), []);
  const signOut = (): void => {
    forgetQuery();
    // Whatever the answer was, nobody is shown anything more.
    void api.signOut().then(
      () => setVisitor('nobody'),
      () => setVisitor('nobody'),
    );
  };

  return (
    <LanguageContext.Provider value={language}>
      <header className="head">
        <Mark />
        <h1>{texts.product}</h1>
        <span className="tagline">{texts.tagline}</span>
        <span className="grow" />
        <button
          type="button"
          className="plain"
          lang={language === 'ja' ? 'en' : 'ja'}
          onClick={() => setLanguage(language === 'ja' ? 'en' : 'ja')}
        >
          {texts.language}
        </button>
        {me !== undefined && (
          <>
            <span className="me">{me.name}</span>
            <button type="button" className="plain" onClick={signOut}>
              {texts.signOut}
            </button>
          </>
        )}
      </header>
      {visitor === 'unknown' && <p className="waiting">{texts.loading}</p>}
      {visitor === 'unreachable' && (
        <main className="door">
          <div className="card">
            <p role="alert">{texts.unreachableOnce}</p>
            <button type="button" className="main" onClick={ask}>
              {texts.tryAgain}
            </button>
          </div>
        </main>
      )}
      {(visitor === 'nobody' || visitor === 'expired') && (
        <SignIn hint={visitor === 'expired' ? texts.expired : texts.signInHint} onSignedIn={setVisitor} />
      )}
      {me?.mustChangePassword === true && <NewPassword name={me.name} onChanged={setVisitor} onExpired={onExpired} />}
      {me?.mustChangePassword === false && <Home onExpired={onExpired} />}
    </LanguageContext.Provider>
  );
}

/** The lookout tower. */
function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path className="lines" d="M8 11 16 5l8 6z M11 12h10v5H11z M12 18 9 28 M20 18l3 10 M11 22h10" />
    </svg>
  );
}
