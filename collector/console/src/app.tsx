import { useCallback, useEffect, useState } from 'react';
import type { Me } from '../../../protocol/api/session.js';
import { Account } from './account.js';
import { ApiError, api } from './api.js';
import { CodeStep } from './code-step.js';
import { Home } from './home.js';
import { Letters } from './letters.js';
import { MANAGED, Manage } from './manage.js';
import { NewPassword } from './new-password.js';
import { SignIn } from './sign-in.js';
import { SitePage } from './site-page.js';
import { type Language, LanguageContext, storedLanguage, storeLanguage, TEXTS, useTexts } from './texts.js';
import { TotpSetUp } from './totp-set-up.js';
import { type Page, siteOfPage, sitePage, usePage } from './use-page.js';
import { forgetQuery } from './use-query.js';

/** Who is here: not known yet, not to be found out, nobody, somebody whose session ended, or somebody. */
type Visitor = 'unknown' | 'unreachable' | 'nobody' | 'expired' | Me;

export function App() {
  const [language, setLanguage] = useState<Language>(storedLanguage);
  const [visitor, setVisitor] = useState<Visitor>('unknown');
  const texts = TEXTS[language];
  const [page, setPage] = usePage();
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
    setPage('records');
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
            {isWhole(me) ? <Pages me={me} page={page} onPage={setPage} /> : <span className="me">{me.name}</span>}
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
      {me !== undefined && <Inside me={me} page={page} onPage={setPage} onMe={setVisitor} onExpired={onExpired} />}
    </LanguageContext.Provider>
  );
}

interface InsideProps {
  me: Me;
  page: Page;
  onPage: (page: Page) => void;
  onMe: (me: Me) => void;
  onExpired: () => void;
}

/** What has to be done first, in the collector's order; then the page that is looked at. */
function Inside({ me, page, onPage, onMe, onExpired }: InsideProps) {
  if (me.awaitsCode === true) return <CodeStep onSignedIn={onMe} onExpired={onExpired} />;
  if (me.mustChangePassword) return <NewPassword name={me.name} onChanged={onMe} onExpired={onExpired} />;
  if (me.mustSetUpTotp === true) return <TotpSetUp me={me} onDone={onMe} onExpired={onExpired} />;
  if (page === 'account')
    return <Account me={me} onChanged={onMe} onExpired={onExpired} onBack={() => onPage('records')} />;
  const managed = MANAGED.find((each) => each === page);
  if (managed !== undefined && me.role === 'admin')
    return <Manage me={me} page={managed} onPage={onPage} onExpired={onExpired} />;
  if (page === 'letters' && isStaff(me)) return <Letters me={me} onPage={onPage} onExpired={onExpired} />;
  const at = siteOfPage(page);
  if (at !== undefined) return <SitePage key={at.site} me={me} {...at} onPage={onPage} onExpired={onExpired} />;
  return <Home onOpenSite={(site) => onPage(sitePage(site, 'commands'))} onExpired={onExpired} />;
}

/** Signed in with everything done that comes first. */
function isWhole(me: Me): boolean {
  return me.awaitsCode !== true && !me.mustChangePassword && me.mustSetUpTotp !== true;
}

/** What concerns the monitoring centre is for its people. */
function isStaff(me: Me): boolean {
  return me.role !== 'company';
}

function Pages({ me, page, onPage }: { me: Me; page: Page; onPage: (page: Page) => void }) {
  const { access, letters } = useTexts();
  const isManaging = MANAGED.some((each) => each === page);
  return (
    <>
      {isStaff(me) && (
        <button
          type="button"
          className={page === 'letters' ? 'plain chosen' : 'plain'}
          title={letters.title}
          onClick={() => onPage(page === 'letters' ? 'records' : 'letters')}
        >
          {letters.short}
        </button>
      )}
      {me.role === 'admin' && (
        <button
          type="button"
          className={isManaging ? 'plain chosen' : 'plain'}
          onClick={() => onPage(isManaging ? 'records' : 'people')}
        >
          {access.manage}
        </button>
      )}
      <button
        type="button"
        className={page === 'account' ? 'plain me chosen' : 'plain me'}
        title={access.accountTitle}
        onClick={() => onPage(page === 'account' ? 'records' : 'account')}
      >
        {me.name}
      </button>
    </>
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
