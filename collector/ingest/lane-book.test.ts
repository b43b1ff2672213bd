import { expect, test } from 'vitest';
import { LaneBook } from './lane-book.js';

test('remembers the lanes of an agent’s newest epochs, whatever it makes up', () => {
  const book = new LaneBook();
  for (let epoch = 0; epoch < 1_000; epoch++) book.raise('liar', `e${epoch}`, 'p2', 7);
  book.raise('other', 'e', 'p0', 3);
  expect(book.size).toBe(65);
  expect(book.get('liar', 'e999', 'p2').stored).toBe(7);
  expect(book.get('liar', 'e936', 'p2').stored).toBe(7);
  expect(book.get('liar', 'e900', 'p2').stored).toBe(0);
  expect(book.get('other', 'e', 'p0').stored).toBe(3);
});

test('an epoch that is asked for stays, and so does one of which something waits for the disk', () => {
  const book = new LaneBook();
  book.raise('a', 'used', 'p1', 1);
  book.get('a', 'waiting', 'p1').taken = 5;
  for (let epoch = 0; epoch < 500; epoch++) {
    book.get('a', `e${epoch}`, 'p1');
    expect(book.get('a', 'used', 'p1').stored).toBe(1);
  }
  expect(book.get('a', 'waiting', 'p1').taken).toBe(5);
});
