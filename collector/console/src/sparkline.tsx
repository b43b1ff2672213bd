const WIDTH = 72;
const HEIGHT = 20;

/** A page that was just opened fills from the right: one minute first, then all it remembers. */
const POINTS_MIN = 30;

interface Props {
  points: readonly number[];
}

/** The last minutes of a rate. The scale is the site's own, and never finer than one record a second. */
export function Sparkline({ points }: Props) {
  if (points.length < 2) return <svg className="sparkline" aria-hidden="true" />;
  const max = Math.max(1, ...points);
  const step = WIDTH / (Math.max(POINTS_MIN, points.length) - 1);
  const start = WIDTH - (points.length - 1) * step;
  const line = points
    .map((value, i) => `${(start + i * step).toFixed(1)} ${(HEIGHT - 1 - (value / max) * (HEIGHT - 3)).toFixed(1)}`)
    .join('L');
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" preserveAspectRatio="none">
      <path className="area" d={`M${start.toFixed(1)} ${HEIGHT}L${line}L${WIDTH} ${HEIGHT}z`} />
      <path className="line" d={`M${line}`} />
    </svg>
  );
}
