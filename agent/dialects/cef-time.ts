import type { MessageClock } from './clock.js';
import { epochTime, wallTime } from './times.js';

/** The first of these keys of a CEF extension that holds a time, in the zone of its `dtz`. */
export function cefTime(
  extension: ReadonlyMap<string, string>,
  keys: readonly string[],
  clock: MessageClock,
): string | undefined {
  for (const key of keys) {
    const text = extension.get(key);
    if (text === undefined || text === '') continue;
    const time = epochTime(text) ?? wallTime(text, clock, extension.get('dtz') || undefined);
    if (time !== undefined) return time;
  }
  return undefined;
}
