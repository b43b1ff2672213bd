import { expect, test } from 'vitest';
import { judge, newLane, refuse, take } from './lane-state.js';

test('behind a batch that was turned away twice nothing of the second run is taken', () => {
  const lane = newLane();
  take(lane, 4);
  for (const seq of [5, 6, 7]) {
    expect(judge(lane, seq)).toBe(seq === 5 ? 'take' : 'behind-refused');
    refuse(lane, seq);
  }
  expect(judge(lane, 5)).toBe('take');
  refuse(lane, 5);
  // There is room again, but an acknowledgement of 6 would be one of 5 as well.
  expect(judge(lane, 6)).toBe('behind-refused');
});
