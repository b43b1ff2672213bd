import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyPcap, PcapCutter } from './pcap-cutter.js';

function packet(bytes: number, fill: number): Buffer {
  const b = Buffer.alloc(16 + bytes, fill);
  b.writeUInt32LE(bytes, 8);
  return b;
}
const FILE = Buffer.concat([emptyPcap(), ...[60, 0, 1_500, 7].map((bytes, index) => packet(bytes, index + 1))]);
/** Where a packet or the header ends. */
const EDGES = [24, 100, 116, 1_632, 1_655];

describe("a sensor's packets", () => {
  it('are whole after every piece, wherever the pipe cuts them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(FILE.length)), (cuts) => {
        const cutter = new PcapCutter();
        const given: Buffer[] = [];
        const edges = [0, ...cuts.sort((a, b) => a - b), FILE.length];
        for (const [index, end] of edges.slice(1).entries()) {
          const piece = cutter.push(FILE.subarray(edges[index], end));
          if (piece !== undefined) given.push(piece);
          const bytes = Buffer.concat(given).length;
          expect(bytes).toBe(EDGES.filter((edge) => edge <= end).at(-1) ?? 0);
          expect(cutter.bytes).toBe(bytes);
        }
        expect(Buffer.concat(given)).toEqual(FILE);
        expect(cutter.packets).toBe(4);
      }),
    );
  });

  it('end where they make no sense', () => {
    const cutter = new PcapCutter();
    expect(cutter.push(Buffer.concat([FILE, Buffer.alloc(16, 0xff), FILE]))).toEqual(FILE);
    expect(cutter.isBroken).toBe(true);
    expect(cutter.push(FILE)).toBeUndefined();
    const noFile = new PcapCutter();
    expect(noFile.push(Buffer.alloc(100))).toBeUndefined();
    expect(noFile).toMatchObject({ isBroken: true, packets: 0, bytes: 0 });
  });

  it('whatever comes, are bounded and never more than what came', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
        const cutter = new PcapCutter();
        cutter.push(emptyPcap());
        let came = 24;
        for (const chunk of chunks) {
          came += chunk.length;
          cutter.push(Buffer.from(chunk));
          expect(cutter.bytes).toBeLessThanOrEqual(came);
        }
      }),
    );
  });
});
