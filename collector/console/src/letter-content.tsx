import { useCallback, useEffect, useRef } from 'react';
import type { Site } from '../../../protocol/api/fleet.js';
import { bytesText, harmless } from './format.js';
import { hexDump } from './hex.js';
import { placeText } from './letter-table.js';

import { RefusedText } from './refused-text.js';
import { type Letter, remoteApi } from './remote-api.js';
import { useTexts } from './texts.js';
import { useEscape } from './use-escape.js';
import { useLoaded } from './use-loaded.js';

/** What is kept of one, in bytes of Base64: four for three. */
const keptBytes = (content: string): number => Math.floor((content.replace(/=+$/, '').length * 3) / 4);

interface Props {
  letter: Letter;
  sites: readonly Site[];
  onRemove: (() => void) | undefined;
  onClose: () => void;
}

/** What came, as text and as nothing else. */
export function LetterContent({ letter, sites, onRemove, onClose }: Props) {
  const texts = useTexts();
  const { letters } = texts;
  const { id } = letter;
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => close.current?.focus(), []);
  useEscape(onClose);
  const load = useCallback(() => remoteApi.letter(id), [id]);
  // A session that ended is told by the page behind.
  const { value, error } = useLoaded(load, onClose);
  const kept = value === undefined ? 0 : keptBytes(value.content);
  return (
    <div className="ask" role="dialog" aria-modal="true" aria-label={letters.content}>
      <div className="card letter">
        <div className="panel-head">
          <div>
            <h3>{letters.content}</h3>
            <p className="hint">
              {new Date(letter.at).toLocaleString()} · {placeText(letter.agent, sites)}
            </p>
          </div>
          <button type="button" className="plain" onClick={onClose}>
            {texts.close} <kbd>Esc</kbd>
          </button>
        </div>
        <p>
          {harmless(letters.explain(letter.reason))}
          {letters.explain(letter.reason) !== letter.reason && <code className="said">{harmless(letter.reason)}</code>}
        </p>
        <RefusedText error={error} />
        {value !== undefined && (
          <>
            <p className="hint">{value.text === undefined ? letters.notText : letters.contentHint}</p>
            {kept < letter.bytes && <p className="hint">{letters.cut(bytesText(kept), bytesText(letter.bytes))}</p>}
            <pre className="letter-text">
              {value.text === undefined ? hexDump(value.content) : value.text.split('\n').map(harmless).join('\n')}
            </pre>
          </>
        )}
        <div className="row">
          {onRemove !== undefined && (
            <button type="button" onClick={onRemove}>
              {letters.remove}
            </button>
          )}
          <button type="button" ref={close} className="main" onClick={onClose}>
            {texts.close}
          </button>
        </div>
      </div>
    </div>
  );
}
