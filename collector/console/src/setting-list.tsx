import { harmless } from './format.js';
import { SETTING_NAMES } from './setting-names.js';
import { flatten, textOf } from './setting-rows.js';
import { useTexts } from './texts.js';
import type { Texts } from './texts-ja.js';

/** Settings as lines: what each is, its key, its value. */
export function SettingList({ settings }: { settings: Readonly<Record<string, unknown>> }) {
  const texts = useTexts();
  const entries = flatten(settings);
  if (entries.length === 0) return <p className="hint">{texts.remote.emptySettings}</p>;
  return (
    <dl className="setting-list">
      {entries.map(([key, value]) => (
        <div key={key}>
          <dt>
            {settingName(key, texts)} <code>{harmless(key)}</code>
          </dt>
          <dd>{valueText(key, value, texts)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** @returns the key itself for one that this page does not know */
export function settingName(key: string, { isJapanese }: Texts): string {
  const names = Object.hasOwn(SETTING_NAMES, key) ? SETTING_NAMES[key] : undefined;
  return names === undefined ? harmless(key) : names[isJapanese ? 0 : 1];
}

function valueText(key: string, value: unknown, { remote }: Texts): string {
  if (key === 'logLevel') return remote.levels[String(value)] ?? harmless(String(value));
  if (typeof value === 'boolean') return value ? remote.yes : remote.no;
  return typeof value === 'number' ? value.toLocaleString('en') : harmless(textOf(value));
}
