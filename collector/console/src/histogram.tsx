import type { EventList } from '../../../protocol/api/events.js';
import { barsOf } from './bars.js';
import { dayClockText } from './format.js';
import { useTexts } from './texts.js';

const STEP = 10;
const HEIGHT = 40;

/** How the loaded records lie in time. */
export function Histogram({ list, nowMs }: { list: EventList; nowMs: number }) {
  const texts = useTexts();
  const bars = barsOf(list, nowMs);
  if (bars === undefined) return null;
  const { fromMs, toMs, counts } = bars;
  const max = Math.max(...counts);
  const partMs = (toMs - fromMs) / counts.length;
  const clock = (ms: number): string => dayClockText(ms, nowMs);
  return (
    <figure className="histogram">
      <svg
        viewBox={`0 0 ${counts.length * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={texts.histogram(list.events.length, clock(fromMs), clock(toMs))}
      >
        {counts.map((count, i) => {
          const height = count === 0 ? 0 : Math.max(2, (count / max) * (HEIGHT - 2));
          const startMs = fromMs + i * partMs;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place on the axis.
            <g key={i}>
              <rect className="bar" x={i * STEP + 1} y={HEIGHT - height} width={STEP - 2} height={height} />
              <rect className="touch" x={i * STEP} y={0} width={STEP} height={HEIGHT}>
                <title>{texts.bar(clock(startMs), count)}</title>
              </rect>
            </g>
          );
        })}
      </svg>
      <figcaption aria-hidden="true">
        <span>{clock(fromMs)}</span>
        <span>{clock((fromMs + toMs) / 2)}</span>
        <span>{clock(toMs)}</span>
      </figcaption>
    </figure>
  );
}
