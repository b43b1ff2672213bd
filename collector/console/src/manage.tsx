import type { Me } from '../../../protocol/api/session.js';
import { AuditLog } from './audit-log.js';
import { People } from './people.js';
import { Tabs } from './tabs.js';
import { useTexts } from './texts.js';
import { TokensPage } from './tokens-page.js';
import type { Page } from './use-page.js';

export const MANAGED = ['people', 'tokens', 'audit'] as const;
export type Managed = (typeof MANAGED)[number];

interface Props {
  me: Me;
  page: Managed;
  onPage: (page: Page) => void;
  onExpired: () => void;
}

/** What administrators look after. */
export function Manage({ me, page, onPage, onExpired }: Props) {
  const texts = useTexts();
  return (
    <main className="manage">
      <Tabs
        label={texts.access.manage}
        tabs={MANAGED.map((each) => ({ page: each, name: texts.access[each] }))}
        current={page}
        onPage={onPage}
      />
      {page === 'people' && <People me={me} onExpired={onExpired} />}
      {page === 'tokens' && <TokensPage onExpired={onExpired} />}
      {page === 'audit' && <AuditLog onExpired={onExpired} />}
    </main>
  );
}
