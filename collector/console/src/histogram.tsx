import type { EventList } from '../../../protocol/api/events.js';
import { timeText } from './format.js';

const BARS = 60;
const WIDTH = 600;
const HEIGHT = 44;

/** How the loaded records lie in their own span of time. */
export function Histogram({ list, label }: { list: EventList; label: string }) {
  const times = list.events.map((event) => Date.parse(String(event['@timestamp'])));
  if (times.length < 2) return null;
  const first = Math.min(...times);
  const last = Math.max(...times);
  const span = Math.max(1, last - first);
  const counts = new Array<number>(BARS).fill(0);
  for (const time of times) {
    const bar = Math.min(BARS - 1, Math.floor(((time - first) / span) * BARS));
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  const max = Math.max(...counts);
  const bars = counts.map((count, i) => ({ x: (i * WIDTH) / BARS + 1, height: (count / max) * (HEIGHT - 2) }));
  const clock = (ms: number): string => timeText(new Date(ms).toISOString(), Date.now()).slice(0, -4);
  return (
    <figure className="histogram">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
        {bars.map(({ x, height }) => (
          <rect key={x} x={x} y={HEIGHT - height} width={WIDTH / BARS - 2} height={height} rx="1" />
        ))}
      </svg>
      <figcaption>
        <span>{clock(first)}</span>
        <span>{clock(last)}</span>
      </figcaption>
    </figure>
  );
}
