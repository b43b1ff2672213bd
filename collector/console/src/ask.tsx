import { type ReactNode, useEffect, useRef } from 'react';
import { useTexts } from './texts.js';
import { useEscape } from './use-escape.js';

interface Props {
  text: string;
  /** Absent: there is nothing to decide. */
  onYes?: () => void;
  onClose: () => void;
  children?: ReactNode;
}

/** Something that is decided, or seen once, before anything else. */
export function Ask({ text, onYes, onClose, children }: Props) {
  const texts = useTexts();
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  // What is seen once is not closed by chance.
  useEscape(onYes === undefined ? undefined : onClose);
  return (
    <div className="ask" role="dialog" aria-modal="true" aria-label={text}>
      <div className="card">
        <p>{text}</p>
        {children}
        <div className="row">
          <button type="button" ref={first} onClick={onClose}>
            {onYes === undefined ? texts.access.done : texts.access.cancel}
          </button>
          {onYes !== undefined && (
            <button type="button" className="main" onClick={onYes}>
              {texts.access.yes}
            </button>
          )}
        </div>
      </div>
    </div>
  );
}
