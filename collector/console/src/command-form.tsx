import { type FormEvent, useState } from 'react';
import type { NewCommand } from '../../../protocol/api/remote.js';
import type { CommandName } from '../../../protocol/commands.js';
import { Ask } from './ask.js';
import { bodyOf, type Draft, FIRST_DRAFT, LEVELS, OFFERED, WAITS_S } from './command-words.js';
import { spanText } from './format.js';
import { useTexts } from './texts.js';

interface Props {
  siteName: string;
  isConnected: boolean;
  /** @returns whether it was taken */
  onSend: (command: NewCommand) => Promise<boolean>;
}

type Change = (change: Partial<Draft>) => void;

/** A command is chosen, filled in, and sent; one that interrupts something is asked about first. */
export function CommandForm({ siteName, isConnected, onSend }: Props) {
  const texts = useTexts();
  const { remote } = texts;
  const [draft, setDraft] = useState<Draft>(FIRST_DRAFT);
  const [asked, setAsked] = useState<NewCommand | undefined>(undefined);
  const change: Change = (more) => setDraft((before) => ({ ...before, ...more }));
  const body = bodyOf(draft);
  const send = (command: NewCommand): void => {
    setAsked(undefined);
    void onSend(command).then((isSent) => isSent && change({ reason: '' }));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (body === undefined) return;
    if (body.name === 'restart') setAsked(body);
    else send(body);
  };
  return (
    <form className="panel command-form" onSubmit={submit} aria-label={remote.send}>
      <h3>{remote.send}</h3>
      <p className="hint">{remote.sendHint}</p>
      {!isConnected && <p className="notice">{remote.willWait}</p>}
      <Choice chosen={draft.name} onChange={(name) => change({ name })} />
      <p className="about">{remote.about[draft.name]}</p>
      <div className="line">
        {draft.name === 'capture' && <CaptureFields draft={draft} onChange={change} />}
        {draft.name === 'log-level' && <LevelFields draft={draft} onChange={change} />}
      </div>
      <div className="line">
        <label className="wide">
          {remote.reason}
          <input
            value={draft.reason}
            maxLength={200}
            placeholder={remote.reasonExample}
            onChange={(event) => change({ reason: event.target.value })}
          />
        </label>
        <label>
          {remote.expires}
          <select value={draft.waitS} onChange={(event) => change({ waitS: Number(event.target.value) })}>
            {WAITS_S.map((seconds) => (
              <option key={seconds} value={seconds}>
                {remote.expiresIn(spanText(seconds, texts))}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="main" disabled={body === undefined}>
          {remote.sendIt}
        </button>
      </div>
      {asked !== undefined && (
        <Ask text={remote.sureRestart(siteName)} onYes={() => send(asked)} onClose={() => setAsked(undefined)} />
      )}
    </form>
  );
}

function Choice({ chosen, onChange }: { chosen: CommandName; onChange: (name: CommandName) => void }) {
  const { remote } = useTexts();
  return (
    <fieldset className="choices">
      <legend className="unseen">{remote.command}</legend>
      {OFFERED.map((name) => (
        <label key={name} className={name === chosen ? 'choice chosen' : 'choice'}>
          <input type="radio" name="command" checked={name === chosen} onChange={() => onChange(name)} />
          {remote.names[name]}
        </label>
      ))}
    </fieldset>
  );
}

interface FieldsProps {
  draft: Draft;
  onChange: Change;
}

function CaptureFields({ draft, onChange }: FieldsProps) {
  const { remote } = useTexts();
  return (
    <>
      <label className="wide">
        {remote.filter}
        <input
          value={draft.filter}
          maxLength={1_024}
          spellCheck={false}
          autoCapitalize="off"
          placeholder={remote.filterExample}
          onChange={(event) => onChange({ filter: event.target.value })}
        />
      </label>
      <NumberField label={remote.seconds} value={draft.seconds} onChange={(seconds) => onChange({ seconds })} />
      <NumberField label={remote.megabytes} value={draft.megabytes} onChange={(megabytes) => onChange({ megabytes })} />
      <NumberField
        label={remote.lastSeconds}
        hint={remote.lastSecondsHint}
        value={draft.lastSeconds}
        onChange={(lastSeconds) => onChange({ lastSeconds })}
      />
      <p className="hint whole-line">{remote.lastSecondsHint}</p>
    </>
  );
}

function LevelFields({ draft, onChange }: FieldsProps) {
  const { remote } = useTexts();
  return (
    <>
      <label>
        {remote.level}
        <select value={draft.level} onChange={(event) => onChange({ level: event.target.value })}>
          {LEVELS.map((level) => (
            <option key={level} value={level}>
              {remote.levels[level]}
            </option>
          ))}
        </select>
      </label>
      <NumberField label={remote.minutes} value={draft.minutes} onChange={(minutes) => onChange({ minutes })} />
    </>
  );
}

interface NumberProps {
  label: string;
  value: string;
  hint?: string;
  onChange: (value: string) => void;
}

function NumberField({ label, value, hint, onChange }: NumberProps) {
  return (
    <label title={hint}>
      {label}
      <input
        className="number"
        inputMode="numeric"
        value={value}
        maxLength={8}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
