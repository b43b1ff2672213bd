import { isoMillis } from '../../../protocol/base/time.js';

const DAY_MS = 86_400_000;

/** For tests: a row that happened and came so many days ago. */
export const agedRow = (dataset: string, agoDays: number, seq: number, index = 0) => ({
  '@timestamp': isoMillis(Date.now() - agoDays * DAY_MS),
  'event.kind': 'event',
  'event.dataset': dataset,
  'event.ingested': isoMillis(Date.now() - agoDays * DAY_MS),
  'hinomi.company': 'c',
  'hinomi.site': 's',
  'hinomi.agent': 'a',
  'hinomi.epoch': 'e',
  'hinomi.lane': 'p2',
  'hinomi.seq': seq,
  'hinomi.row': index,
});
