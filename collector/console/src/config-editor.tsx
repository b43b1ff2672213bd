import { type FormEvent, useMemo, useState } from 'react';
import type { SettingField } from '../../../protocol/remote-settings.js';
import { ApiError } from './api.js';
import { harmless } from './format.js';
import { RefusedText } from './refused-text.js';
import { settingName } from './setting-list.js';
import { type Fields, firstText, flawOf, rowNamed, rowsOf, type SettingRow, settingsOf } from './setting-rows.js';
import { useTexts } from './texts.js';

interface Props {
  settings: Readonly<Record<string, unknown>>;
  fields: readonly SettingField[];
  /** Of the settings; 0: nothing was set. */
  version: number;
  /** What the collector refused last. */
  error: unknown;
  onSave: (settings: object) => Promise<void>;
  onClose: () => void;
}

/** Settings are changed, added and left out; what is wrong is said beside the field. */
export function ConfigEditor({ settings, fields, version, error, onSave, onClose }: Props) {
  const texts = useTexts();
  const { remote } = texts;
  const byKey: Fields = useMemo(() => new Map(fields.map((field) => [field.key, field])), [fields]);
  const [rows, setRows] = useState<readonly SettingRow[]>(() => rowsOf(settings, byKey));
  const [begun] = useState(version);
  const refused = error instanceof ApiError ? rowNamed(error.message, rows) : undefined;
  const flaws = rows.filter((row) => flawOf(row, byKey.get(row.key), texts) !== undefined).length;
  const wanted = flaws === 0 ? settingsOf(rows, byKey) : undefined;
  const isSame = wanted !== undefined && JSON.stringify(wanted) === JSON.stringify(settings);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (wanted !== undefined && !isSame) void onSave(wanted);
  };
  const change = (key: string, text: string): void =>
    setRows(rows.map((row) => (row.key === key ? { ...row, text } : row)));
  return (
    <form className="panel" onSubmit={submit} aria-label={remote.edit}>
      {version !== begun && <p className="notice">{remote.otherVersion(version)}</p>}
      {rows.length === 0 && <p className="hint">{remote.emptySettings}</p>}
      {rows.map((row) => (
        <Row
          key={row.key}
          row={row}
          field={byKey.get(row.key)}
          refusal={row.key === refused && error instanceof ApiError ? error.message : undefined}
          onChange={(text) => change(row.key, text)}
          onRemove={() => setRows(rows.filter(({ key }) => key !== row.key))}
        />
      ))}
      <AddSetting
        fields={fields.filter(({ key }) => !rows.some((row) => row.key === key))}
        onAdd={(field) => setRows([...rows, { key: field.key, text: firstText(field) }])}
      />
      <RefusedText error={error} />
      <div className="line">
        <button type="submit" className="main" disabled={flaws > 0 || isSame}>
          {remote.saveConfig}
        </button>
        <button type="button" onClick={onClose}>
          {texts.access.cancel}
        </button>
        <span className="hint">{flaws > 0 ? remote.flawsLeft(flaws) : isSame ? remote.noChange : ''}</span>
      </div>
    </form>
  );
}

interface RowProps {
  row: SettingRow;
  field: SettingField | undefined;
  /** In the collector's words. */
  refusal: string | undefined;
  onChange: (text: string) => void;
  onRemove: () => void;
}

function Row({ row, field, refusal, onChange, onRemove }: RowProps) {
  const texts = useTexts();
  const name = settingName(row.key, texts);
  const flaw = flawOf(row, field, texts) ?? (refusal && texts.remote.serverSays(harmless(refusal)));
  const isWrong = flaw !== undefined;
  return (
    <div className="setting-row">
      <label htmlFor={`setting-${row.key}`}>
        {name} <code>{harmless(row.key)}</code>
      </label>
      <div>
        <Value row={row} field={field} isWrong={isWrong} onChange={onChange} />
        <small className="block">{boundsText(field, texts)}</small>
      </div>
      <button
        type="button"
        aria-label={texts.remote.removeSetting(name)}
        title={texts.remote.removeSetting(name)}
        onClick={onRemove}
      >
        ×
      </button>
      {isWrong && (
        <p className="failure" role="alert">
          {name}: {flaw}
        </p>
      )}
    </div>
  );
}

function Value({ row, field, isWrong, onChange }: Omit<RowProps, 'refusal' | 'onRemove'> & { isWrong: boolean }) {
  const { remote } = useTexts();
  if (field === undefined || row.raw !== undefined) return <code className="value-cell">{harmless(row.text)}</code>;
  if (field.kind === 'boolean' || field.kind === 'choice') {
    const words: Readonly<Record<string, string>> = { true: remote.yes, false: remote.no };
    return (
      <select
        id={`setting-${row.key}`}
        className="value-cell"
        value={row.text}
        onChange={(event) => onChange(event.target.value)}
      >
        {(field.choices ?? ['true', 'false']).map((choice) => (
          <option key={choice} value={choice}>
            {words[choice] ?? remote.levels[choice] ?? choice}
          </option>
        ))}
      </select>
    );
  }
  return (
    <input
      id={`setting-${row.key}`}
      className="value-cell"
      value={row.text}
      inputMode={field.kind === 'integer' ? 'numeric' : 'text'}
      maxLength={8_192}
      spellCheck={false}
      aria-invalid={isWrong}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function boundsText(field: SettingField | undefined, { remote }: ReturnType<typeof useTexts>): string {
  if (field === undefined) return '';
  const { kind, minimum = 0, maximum = 0, itemsMax = 0, lengthMax = 0 } = field;
  if (kind === 'integer') return remote.between(minimum.toLocaleString('en'), maximum.toLocaleString('en'));
  if (kind === 'texts') return remote.listHint(itemsMax);
  return kind === 'text' ? remote.textHint(lengthMax) : '';
}

function AddSetting({ fields, onAdd }: { fields: readonly SettingField[]; onAdd: (field: SettingField) => void }) {
  const texts = useTexts();
  const { remote } = texts;
  const groups = [...new Set(fields.map(({ key }) => groupOf(key)))];
  return (
    <div className="line">
      <label>
        {remote.addSetting}
        <select
          value=""
          onChange={(event) => {
            const field = fields.find(({ key }) => key === event.target.value);
            if (field !== undefined) onAdd(field);
          }}
        >
          <option value="">{remote.choose}</option>
          {groups.map((group) => (
            <optgroup key={group} label={group}>
              {fields
                .filter(({ key }) => groupOf(key) === group)
                .map(({ key }) => (
                  <option key={key} value={key}>
                    {settingName(key, texts)} — {key}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
    </div>
  );
}

function groupOf(key: string): string {
  return key.includes('.') ? key.slice(0, key.lastIndexOf('.')) : '—';
}
