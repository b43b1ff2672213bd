import { useTexts } from './texts.js';
import type { Page } from './use-page.js';

interface Props {
  /** What the tabs are of. */
  label: string;
  tabs: readonly { readonly page: Page; readonly name: string }[];
  current: Page;
  onPage: (page: Page) => void;
}

/** The head of a page beside the records, with the way back to them. */
export function Tabs({ label, tabs, current, onPage }: Props) {
  const { access } = useTexts();
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(({ page, name }) => (
        <button
          key={page}
          type="button"
          {...(page === current && { 'aria-current': 'page' as const })}
          onClick={() => onPage(page)}
        >
          {name}
        </button>
      ))}
      <span className="grow" />
      <button type="button" onClick={() => onPage('records')}>
        {access.back}
      </button>
    </nav>
  );
}
