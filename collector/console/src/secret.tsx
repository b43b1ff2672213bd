import { useState } from 'react';
import { useTexts } from './texts.js';

/** A text that is shown once, to be copied. */
export function Secret({ text }: { text: string }) {
  const texts = useTexts();
  const [isCopied, setCopied] = useState(false);
  return (
    <div className="shown-once">
      <pre className="secret">{text}</pre>
      {/* Browsers have it only on pages over TLS and on this machine. */}
      {navigator.clipboard !== undefined && (
        <button
          type="button"
          onClick={() =>
            void navigator.clipboard.writeText(text).then(
              () => setCopied(true),
              () => setCopied(false),
            )
          }
        >
          {isCopied ? texts.access.copied : texts.access.copy}
        </button>
      )}
    </div>
  );
}
