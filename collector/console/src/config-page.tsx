import { useCallback, useState } from 'react';
import type { SiteConfig, SiteConfigVersion } from '../../../protocol/api/remote.js';
import type { Me } from '../../../protocol/api/session.js';
import { ApiError } from './api.js';
import { Ask } from './ask.js';
import { ConfigEditor } from './config-editor.js';
import { ConfigHistory } from './config-history.js';
import { ConfigState } from './config-state.js';
import { RefusedText } from './refused-text.js';
import { remoteApi } from './remote-api.js';
import { SettingList } from './setting-list.js';
import { useTexts } from './texts.js';
import { useLoaded } from './use-loaded.js';
import { usePolled } from './use-polled.js';

const BUSY_MS = 1_500;
const QUIET_MS = 15_000;

interface All {
  readonly config: SiteConfig;
  readonly versions: readonly SiteConfigVersion[];
}

interface Props {
  me: Me;
  site: string;
  onExpired: () => void;
}

/** What a site's box is to run with, what it runs with, and all versions of that. */
export function ConfigPage({ me, site, onExpired }: Props) {
  const { remote } = useTexts();
  const [isEditing, setEditing] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const [saved, setSaved] = useState<number | undefined>(undefined);
  const [asked, setAsked] = useState<SiteConfigVersion | undefined>(undefined);
  const load = useCallback(() => loadAll(site), [site]);
  const all = usePolled(
    load,
    (value) => (value !== undefined && isMoving(value.config) ? BUSY_MS : QUIET_MS),
    onExpired,
  );
  const fields = useLoaded(remoteApi.settings, onExpired);
  const save = async (settings: object): Promise<void> => {
    try {
      setError(undefined);
      const { desired } = await remoteApi.setConfig(site, settings);
      setSaved(desired?.version);
      setEditing(false);
      await all.again();
    } catch (reason) {
      if (reason instanceof ApiError && reason.code === 'AUTH_REQUIRED') onExpired();
      else setError(reason);
    }
  };
  const takeBack = (): void => {
    if (asked !== undefined) void save(asked.settings);
    setAsked(undefined);
  };
  if (all.value === undefined) return <RefusedText error={all.error} />;
  const { config, versions } = all.value;
  const isAdmin = me.role === 'admin';
  const edit = (): void => {
    setError(undefined);
    setSaved(undefined);
    setEditing(true);
  };
  return (
    <>
      <p className="hint">{remote.configHint}</p>
      {!isAdmin && <p className="hint">{remote.configReadOnly}</p>}
      <ConfigState config={config} />
      <p className="success" role="status">
        {saved !== undefined && remote.saved(saved)}
      </p>
      {isEditing && fields.value !== undefined ? (
        <ConfigEditor
          settings={config.desired?.settings ?? {}}
          fields={fields.value.settings}
          version={config.desired?.version ?? 0}
          error={error}
          onSave={save}
          onClose={() => setEditing(false)}
        />
      ) : (
        <>
          <RefusedText error={error ?? all.error ?? fields.error} />
          <Desired config={config} onEdit={isAdmin ? edit : undefined} />
        </>
      )}
      {versions.length > 0 && (
        <ConfigHistory versions={versions} running={config.box?.running} onTakeBack={isAdmin ? setAsked : undefined} />
      )}
      {asked !== undefined && (
        <Ask text={remote.sureTakeBack(asked.version)} onYes={takeBack} onClose={() => setAsked(undefined)}>
          <SettingList settings={asked.settings} />
        </Ask>
      )}
    </>
  );
}

function Desired({ config: { desired }, onEdit }: { config: SiteConfig; onEdit: (() => void) | undefined }) {
  const { remote } = useTexts();
  return (
    <section className="panel">
      <div className="panel-head">
        <h3>{desired === undefined ? remote.noDesired : remote.desired(desired.version)}</h3>
        {onEdit !== undefined && (
          <button type="button" className="main" onClick={onEdit}>
            {remote.edit}
          </button>
        )}
      </div>
      {desired === undefined ? (
        <p className="hint">{remote.noDesiredHint}</p>
      ) : (
        <SettingList settings={desired.settings} />
      )}
    </section>
  );
}

async function loadAll(site: string): Promise<All> {
  const [config, { versions }] = await Promise.all([remoteApi.config(site), remoteApi.history(site)]);
  return { config, versions };
}

/** Something will be different soon. */
function isMoving({ desired, box }: SiteConfig): boolean {
  return box?.state === 'trial' || (desired !== undefined && desired.version > (box?.seen ?? 0));
}
