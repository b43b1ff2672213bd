import type { Shown } from './site-list.js';

/** Shapes, so that nobody has to tell colours apart: a disk with a tick, a half disk, a cross, a square, an empty ring. */
export function PresenceMark({ presence }: { presence: Shown }) {
  return (
    <svg className={`presence ${presence}`} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[presence]}
    </svg>
  );
}

const SHAPES = {
  connected: (
    <>
      <circle cx="8" cy="8" r="7" className="fill" />
      <path d="m4.8 8.3 2.3 2.3 4.2-4.8" className="inner" />
    </>
  ),
  silent: (
    <>
      <circle cx="8" cy="8" r="6.2" className="stroke" />
      <path d="M8 1.8a6.2 6.2 0 0 0 0 12.4z" className="fill" />
    </>
  ),
  offline: (
    <>
      <path d="M8 .8 15.2 8 8 15.2.8 8z" className="fill" />
      <path d="m5.7 5.7 4.6 4.6m0-4.6-4.6 4.6" className="inner" />
    </>
  ),
  stopped: (
    <>
      <rect x="1.4" y="1.4" width="13.2" height="13.2" rx="2.4" className="stroke" />
      <rect x="5" y="5" width="6" height="6" rx="0.8" className="fill" />
    </>
  ),
  never: <circle cx="8" cy="8" r="6.2" className="stroke dashed" />,
};
