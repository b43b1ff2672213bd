import type { DeadLetter, DeadLetterList, DeadLettersRemoved } from '../../../protocol/api/dead-letters.js';
import type {
  CommandList,
  CommandView,
  NewCommand,
  SettingList,
  SiteConfig,
  SiteConfigHistory,
} from '../../../protocol/api/remote.js';
import { call } from './api.js';

const siteAt = (site: string): string => `/sites/${encodeURIComponent(site)}`;
const letterAt = (id: string): string => `/dead-letters/${encodeURIComponent(id)}`;

/** One of what could not be stored, without its content. */
export type Letter = DeadLetterList['deadLetters'][number];

export const remoteApi = {
  commands: (site: string): Promise<CommandList> => call('GET', `${siteAt(site)}/commands`),
  send: (site: string, command: NewCommand): Promise<CommandView> => call('POST', `${siteAt(site)}/commands`, command),
  /** For a link: the browser saves it. */
  resultUrl: (site: string, id: string): string => `/api/v1${siteAt(site)}/commands/${encodeURIComponent(id)}/result`,

  config: (site: string): Promise<SiteConfig> => call('GET', `${siteAt(site)}/config`),
  history: (site: string): Promise<SiteConfigHistory> => call('GET', `${siteAt(site)}/config/history`),
  setConfig: (site: string, settings: object): Promise<SiteConfig> =>
    call('PUT', `${siteAt(site)}/config`, { settings }),
  settings: (): Promise<SettingList> => call('GET', '/settings'),

  letters: (query: Record<string, string>): Promise<DeadLetterList> =>
    call('GET', `/dead-letters?${new URLSearchParams(query)}`),
  letter: (id: string): Promise<DeadLetter> => call('GET', letterAt(id)),
  removeLetter: (id: string): Promise<DeadLettersRemoved> => call('DELETE', letterAt(id)),
  removeLettersOf: (agent: string): Promise<DeadLettersRemoved> =>
    call('DELETE', `/dead-letters?${new URLSearchParams({ agent })}`),
};
