import type { SiteConfig } from '../../../protocol/api/remote.js';
import { harmless } from './format.js';
import { useTexts } from './texts.js';
import type { Texts } from './texts-ja.js';

const GOOD: ReadonlySet<string> = new Set(['kept', 'local']);
const BAD: ReadonlySet<string> = new Set(['back', 'refused']);

/** What the box has said about its configuration, and what is on its way to it. */
export function ConfigState({ config }: { config: SiteConfig }) {
  const texts = useTexts();
  const { remote } = texts;
  const { box, desired } = config;
  const state = stateOf(config);
  const failed = box?.failed;
  return (
    <section className="panel" aria-label={remote.now}>
      <div className="panel-head">
        <h3>{remote.now}</h3>
        <span className={`badge ${GOOD.has(state) ? 'good' : BAD.has(state) ? 'bad' : 'busy'}`}>
          {remote.boxStates[state]}
        </span>
      </div>
      {box === undefined ? <p>{remote.nothingSaid}</p> : <p>{sentenceOf(box, texts)}</p>}
      {failed !== undefined && (
        <>
          <p>
            {failed.code === 'REMOTE_FORBIDDEN' ? remote.forbiddenSetting : (remote.next[failed.code] ?? failed.remedy)}
          </p>
          <code className="said">
            {failed.code}: {harmless(failed.message)}
          </code>
        </>
      )}
      {state === 'on-its-way' && desired !== undefined && <p>{remote.isOnItsWay(desired.version)}</p>}
      {box !== undefined && <small>{remote.said(new Date(box.at).toLocaleString())}</small>}
    </section>
  );
}

function stateOf({ desired, box }: SiteConfig): string {
  if (desired !== undefined && desired.version > (box?.seen ?? 0)) return 'on-its-way';
  return box?.state ?? 'unknown';
}

function sentenceOf({ state, running, failed }: NonNullable<SiteConfig['box']>, { remote }: Texts): string {
  const version = failed?.version ?? running;
  switch (state) {
    case 'local':
      return remote.onlyOwn;
    case 'trial':
      return remote.onTrial(running);
    case 'kept':
      return remote.isKept(running);
    case 'back':
      return `${remote.wentBack(version)} ${remote.runs(running)}`;
    case 'refused':
      return `${remote.wasRefused(version)} ${remote.runs(running)}`;
  }
}
