import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_BYTES_MAX, SensorLines } from './sensor-line.js';

const STATS = {
  source: 'live',
  place: 'eth0',
  deliveredPackets: 1,
  kernelReceived: 1,
  kernelDropped: 0,
  interfaceDropped: 0,
  flowsLive: 1,
  acceptedRecords: [0, 0, 0, 1],
  droppedRecords: [0, 0, 0, 0],
  pendingBytes: 0,
  memoryBytes: 1,
  isFinished: false,
};

function read(pieces: Buffer[]): string[] {
  const seen: string[] = [];
  const lines = new SensorLines({
    onRecord: (lane, line) => seen.push(`${lane} ${line}`),
    onStats: (stats) => seen.push(`stats ${stats.place}`),
    onFailure: (failure) => seen.push(`failure ${failure.code}`),
    onState: (json) => seen.push(`state ${json}`),
    onCapture: (notice) => seen.push(`capture ${notice.kind} ${notice.id}`),
    onRescan: (devices) => seen.push(`rescan ${devices}`),
    onBadLine: () => seen.push('bad'),
  });
  for (const piece of pieces) lines.push(piece);
  return seen;
}

const TEXT = `0{"a":1}\ns${JSON.stringify(STATS)}\n3{"é":"日本"}\ne{"code":"X","message":"y"}\n2{}\n`;
const SEEN = ['p0 {"a":1}', 'stats eth0', 'p3 {"é":"日本"}', 'failure X', 'p2 {}'];

describe('lines of the sensor', () => {
  it('are the same wherever they are cut', () => {
    const bytes = Buffer.from(TEXT);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        expect(read(pieces)).toEqual(SEEN);
      }),
    );
  });

  it.each(['', '4{}', 'x', '0', 's{}', 's{', 'e[]'])('%j is a bad line, and the next one is good', (line) => {
    expect(read([Buffer.from(`${line}\n1{}\n`)])).toEqual(['bad', 'p1 {}']);
  });

  it('that are too long cost one bad line and no memory', () => {
    const pieces = Array.from({ length: 100 }, () => Buffer.alloc(LINE_BYTES_MAX / 10, 0x30));
    expect(read([...pieces, Buffer.from('\n1{}\n')])).toEqual(['bad', 'p1 {}']);
  });
});
