import { useCallback, useState } from 'react';
import type { CommandList, NewCommand } from '../../../protocol/api/remote.js';
import type { Me } from '../../../protocol/api/session.js';
import { ApiError } from './api.js';
import { CommandForm } from './command-form.js';
import { CommandTable } from './command-list.js';
import { isOpen, mayCommand } from './command-words.js';
import { RefusedText } from './refused-text.js';
import { remoteApi } from './remote-api.js';
import { useTexts } from './texts.js';
import { usePolled } from './use-polled.js';

const BUSY_MS = 1_500;
const QUIET_MS = 15_000;

interface Props {
  me: Me;
  site: string;
  siteName: string;
  isConnected: boolean;
  onExpired: () => void;
}

/** Commands to a site's box. */
export function CommandsPage({ me, site, siteName, isConnected, onExpired }: Props) {
  const { remote } = useTexts();
  const [error, setError] = useState<unknown>(undefined);
  const load = useCallback(() => remoteApi.commands(site), [site]);
  const every = (list: CommandList | undefined): number => (list?.commands.some(isOpen) ? BUSY_MS : QUIET_MS);
  const list = usePolled(load, every, onExpired);
  const send = async (command: NewCommand): Promise<boolean> => {
    try {
      setError(undefined);
      await remoteApi.send(site, command);
      await list.again();
      return true;
    } catch (reason) {
      if (reason instanceof ApiError && reason.code === 'AUTH_REQUIRED') onExpired();
      else setError(reason);
      return false;
    }
  };
  return (
    <>
      {mayCommand(me.role) ? (
        <CommandForm siteName={siteName} isConnected={isConnected} onSend={send} />
      ) : (
        <p className="hint">{remote.readOnly}</p>
      )}
      <RefusedText error={error ?? list.error} />
      <h3>{remote.past}</h3>
      {list.value !== undefined && <CommandTable commands={list.value.commands} />}
    </>
  );
}
