import { makeQr, type Qr } from './qr.js';

/** Light modules around a code, without which it is not found. */
const QUIET = 4;

/** A QR code as a picture; nothing where the text is too long for one. */
export function QrPicture({ text, label }: { text: string; label: string }) {
  const qr = makeQr(text);
  if (qr === undefined) return null;
  const side = qr.size + 2 * QUIET;
  return (
    <svg className="qr" viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`} role="img" aria-label={label}>
      <rect x={-QUIET} y={-QUIET} width={side} height={side} fill="#fff" />
      <path d={pathOf(qr)} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}

function pathOf(qr: Qr): string {
  const parts: string[] = [];
  for (let y = 0; y < qr.size; y++)
    for (let x = 0; x < qr.size; x++) if (qr.isDark(x, y)) parts.push(`M${x} ${y}h1v1h-1z`);
  return parts.join('');
}
