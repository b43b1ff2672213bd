import { useCallback, useEffect, useState } from 'react';
import type { Me } from '../../../protocol/api/session.js';
import { ApiError, api } from './api.js';
import { Home } from './home.js';
import { NewPassword, SignIn } from './sign-in.js';
import { type Language, LanguageContext, storedLanguage, storeLanguage, TEXTS } from './texts.js';

/** Who is here: unknown at first, then nobody or somebody. */
export function App() {
  const [language, setLanguage] = useState<Language>(storedLanguage);
  const [me, setMe] = useState<Me | null | undefined>(undefined);
  const texts = TEXTS[language];

  useEffect(() => {
    document.documentElement.lang = language;
    document.title = `${texts.product}`;
    storeLanguage(language);
  }, [language, texts]);

  useEffect(() => {
    api
      .me()
      .then(setMe, (error: unknown) =>
        setMe(error instanceof ApiError && error.code === 'AUTH_PASSWORD_MUST_CHANGE' ? undefined : null),
      );
  }, []);

  const onExpired = useCallback(() => setMe(null), []);
  const switchLanguage = (): void => setLanguage(language === 'ja' ? 'en' : 'ja');

  return (
    <LanguageContext.Provider value={language}>
      <header className="head">
        <Mark />
        <h1>{texts.product}</h1>
        <span className="grow" />
        <button type="button" className="plain" lang={language === 'ja' ? 'en' : 'ja'} onClick={switchLanguage}>
          {texts.language}
        </button>
        {me && (
          <>
            <span className="me">{me.name}</span>
            <button type="button" className="plain" onClick={() => void api.signOut().finally(() => setMe(null))}>
              {texts.signOut}
            </button>
          </>
        )}
      </header>
      {me === null && <SignIn onSignedIn={setMe} />}
      {me?.mustChangePassword === true && <NewPassword onChanged={setMe} />}
      {me && !me.mustChangePassword && <Home onExpired={onExpired} />}
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
