import { useCallback, useState } from 'react';
import type { DeadLetterList } from '../../../protocol/api/dead-letters.js';
import type { Site } from '../../../protocol/api/fleet.js';
import type { Me } from '../../../protocol/api/session.js';
import { api } from './api.js';
import { Ask } from './ask.js';
import { LetterContent } from './letter-content.js';
import { LetterCounts } from './letter-counts.js';
import { LetterTable, placeText } from './letter-table.js';
import { RefusedText } from './refused-text.js';
import { type Letter, remoteApi } from './remote-api.js';
import { Tabs } from './tabs.js';
import { useTexts } from './texts.js';
import { useLoaded } from './use-loaded.js';
import type { Page } from './use-page.js';

const PAGE_COUNT = '50';

interface All {
  readonly list: DeadLetterList;
  readonly sites: readonly Site[];
}

interface Question {
  readonly text: string;
  readonly work: () => Promise<unknown>;
}

interface Props {
  me: Me;
  onPage: (page: Page) => void;
  onExpired: () => void;
}

/** What could not be stored as records: how much, of whom, why, what it was; and that somebody has seen to it. */
export function Letters({ me, onPage, onExpired }: Props) {
  const texts = useTexts();
  const { letters } = texts;
  const [agent, setAgent] = useState<string | undefined>(undefined);
  const load = useCallback(() => loadAll(agent), [agent]);
  const all = useLoaded(load, onExpired);
  const [opened, setOpened] = useState<Letter | undefined>(undefined);
  const close = useCallback(() => setOpened(undefined), []);
  const [question, setQuestion] = useState<Question | undefined>(undefined);
  const mayRemove = me.role === 'admin' || me.role === 'soc';
  const yes = (): void => {
    if (question !== undefined) void all.run(question.work);
    setQuestion(undefined);
    setOpened(undefined);
  };
  const sites = all.value?.sites ?? [];
  const askAll = (of: string, count: number): void =>
    setQuestion({
      text: letters.sureRemoveAll(placeText(of, sites), count),
      work: () => remoteApi.removeLettersOf(of),
    });
  return (
    <main className="manage">
      <Tabs label={letters.title} tabs={[{ page: 'letters', name: letters.title }]} current="letters" onPage={onPage} />
      <section aria-label={letters.title}>
        <p className="hint">{letters.hint}</p>
        <RefusedText error={all.error} />
        {all.value?.list.total === 0 && <p className="empty">{letters.none}</p>}
        {all.value !== undefined && all.value.list.total > 0 && (
          <>
            <LetterCounts
              list={all.value.list}
              sites={sites}
              chosen={agent}
              onChoose={setAgent}
              onRemove={mayRemove ? askAll : undefined}
            />
            <Pages key={agent ?? ''} first={all.value.list} sites={sites} agent={agent} onOpen={setOpened} />
          </>
        )}
      </section>
      {opened !== undefined && question === undefined && (
        <LetterContent
          letter={opened}
          sites={sites}
          onRemove={
            mayRemove
              ? () => setQuestion({ text: letters.sureRemove, work: () => remoteApi.removeLetter(opened.id) })
              : undefined
          }
          onClose={close}
        />
      )}
      {question !== undefined && <Ask text={question.text} onYes={yes} onClose={() => setQuestion(undefined)} />}
    </main>
  );
}

interface PagesProps {
  first: DeadLetterList;
  sites: readonly Site[];
  agent: string | undefined;
  onOpen: (letter: Letter) => void;
}

/** The newest, and page by page those before. A change of the first page begins anew. */
function Pages({ first, sites, agent, onOpen }: PagesProps) {
  const { letters } = useTexts();
  const [older, setOlder] = useState<{ after: DeadLetterList; shown: readonly Letter[]; next: string | undefined }>();
  const [error, setError] = useState<unknown>(undefined);
  const isOurs = older?.after === first;
  const shown = isOurs ? [...first.deadLetters, ...older.shown] : first.deadLetters;
  const next = isOurs ? older.next : first.next;
  const more = async (): Promise<void> => {
    try {
      const page = await remoteApi.letters({ ...queryOf(agent), ...(next !== undefined && { before: next }) });
      setOlder({ after: first, shown: [...(isOurs ? older.shown : []), ...page.deadLetters], next: page.next });
      setError(undefined);
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <>
      <LetterTable letters={shown} sites={sites} onOpen={onOpen} />
      <RefusedText error={error} />
      {next !== undefined && (
        <button type="button" className="more" onClick={() => void more()}>
          {letters.older}
        </button>
      )}
    </>
  );
}

const queryOf = (agent: string | undefined): Record<string, string> => ({
  limit: PAGE_COUNT,
  ...(agent !== undefined && { agent }),
});

async function loadAll(agent: string | undefined): Promise<All> {
  const [list, { sites }] = await Promise.all([remoteApi.letters(queryOf(agent)), api.sites()]);
  return { list, sites };
}
