import { Secret } from './secret.js';
import { useTexts } from './texts.js';

/** Shown this once. */
export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const texts = useTexts();
  return (
    <main className="door">
      <div className="card">
        <h2>{texts.access.recoveryTitle}</h2>
        <p className="hint">{texts.access.recoveryHint}</p>
        <Secret text={codes.join('\n')} />
        <button type="button" className="main" onClick={onKept}>
          {texts.access.kept}
        </button>
      </div>
    </main>
  );
}
