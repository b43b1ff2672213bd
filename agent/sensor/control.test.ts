import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Control } from './control.js';

function heard(...chunks: (string | Buffer)[]): string[] {
  const said: string[] = [];
  const control = new Control(0, {
    onQuit: () => said.push('quit'),
    onStats: () => said.push('stats'),
    onCapture: (json) => said.push(`capture ${json}`),
    onCaptureEnd: () => said.push('end'),
    onRescan: () => said.push('rescan'),
    onOrphaned: () => said.push('orphaned'),
  });
  for (const chunk of chunks) control.take(Buffer.from(chunk));
  return said;
}

describe("the agent's words", () => {
  it('are obeyed in order', () => {
    expect(heard('src{"filter":"quits"}\nxq')).toEqual([
      'stats',
      'rescan',
      'capture {"filter":"quits"}',
      'end',
      'quit',
    ]);
  });

  it('are the same wherever they are cut', () => {
    const bytes = Buffer.from('sc{"filter":"日本 q"}\nrxc\ns');
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
        expect(heard(...pieces)).toEqual(heard(bytes));
      }),
    );
  });

  it('that are not known mean nothing', () => {
    expect(heard(Buffer.from([0, 255, 10, 13, 65, 0x73]))).toEqual(['stats']);
  });

  it('are kept to 8 KiB a line, and what follows is heard', () => {
    expect(heard(`c${'q'.repeat(8_192)}\ns`)).toEqual([`capture ${'q'.repeat(8_192)}`, 'stats']);
    expect(heard(`c${'q'.repeat(8_193)}\ns`)).toEqual(['capture ', 'stats']);
    expect(heard(`c${'q'.repeat(5_000_000)}`, '\ns')).toEqual(['capture ', 'stats']);
  });

  it('that begin a line and never end it hold nothing up but themselves', () => {
    expect(heard('c{"q":', 'qqqq')).toEqual([]);
  });
});
