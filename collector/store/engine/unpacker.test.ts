import { expect, test } from 'vitest';
import { encodeBatch } from '../../../protocol/codec.js';
import { Unpacker } from './unpacker.js';

const RECORD = { '@timestamp': '2026-11-23T01:02:03.000000Z', 'event.kind': 'event', 'event.dataset': 'dns' };
const HEADER = { v: 1, epoch: 'e1', lane: 'p2', seq: 7, count: 1, boot: 'b', clock: 0 } as const;
const PACKED = {
  sender: { agent: 'a1', site: 's1', company: 'c1' },
  header: HEADER,
  payload: encodeBatch(HEADER, [Buffer.from(JSON.stringify(RECORD))]),
};

/** An engine that notes the name of an insert before its rows are in place, as the real one does, and may end in between. */
function open() {
  const table: string[] = [];
  const names = new Set<string>();
  const store = {
    endsInBetween: false,
    async insertBlock(_block: unknown, name: string, attempt: number): Promise<void> {
      const noted = `${name}:${attempt}`;
      if (names.has(noted)) return;
      names.add(noted);
      if (store.endsInBetween) throw new Error('ended');
      table.push('e1:p2:7');
    },
    hasBatch: async ({ epoch, lane, seq }: { epoch: string; lane: string; seq: number }) =>
      table.includes(`${epoch}:${lane}:${seq}`),
  };
  const start = (): Unpacker => {
    const unpacker = new Unpacker(store, () => 30);
    unpacker.unpack('g', [PACKED], 1_000);
    return unpacker;
  };
  return { store, table, start, unpacker: start() };
}

test('rows that the engine noted and did not write are written by the next attempt', async () => {
  const { store, table, unpacker } = open();
  store.endsInBetween = true;
  await expect(unpacker.write('g', 1)).rejects.toThrow('ended');
  store.endsInBetween = false;
  await unpacker.write('g', 2);
  expect(table).toEqual(['e1:p2:7']);
});

test('rows that arrived although their insert failed are not written again', async () => {
  const { table, unpacker } = open();
  table.push('e1:p2:7');
  await unpacker.write('g', 2);
  expect(table).toEqual(['e1:p2:7']);
});

test('a collector that was started anew, and gathers the same batches, does not take them for stored', async () => {
  const { store, table, start, unpacker } = open();
  store.endsInBetween = true;
  await expect(unpacker.write('g', 1)).rejects.toThrow('ended');
  store.endsInBetween = false;
  await start().write('g', 1);
  expect(table).toEqual(['e1:p2:7']);
});
