import { describe, expect, it } from 'vitest';
import { RECORD_BYTES_MAX } from '../../protocol/base/limits.js';
import { LineOutput } from './output.js';

const BUFFER_BYTES = 2 ** 20;

/** A reader that takes `takes()` bytes a call, and nothing more when that is 0. */
function outputInto(takes: () => number) {
  const state = { text: '', isBroken: false };
  const output = new LineOutput(
    { fd: -1, bufferBytes: BUFFER_BYTES },
    {
      onBroken: () => {
        state.isBroken = true;
      },
      write: (_fd, b, start, bytes) => {
        const count = Math.min(takes(), bytes);
        if (count === 0) throw Object.assign(new Error('again'), { code: 'EAGAIN' });
        if (count < 0) throw Object.assign(new Error('gone'), { code: 'EPIPE' });
        state.text += b.toString('latin1', start, start + count);
        return count;
      },
    },
  );
  return { output, state };
}

describe('the sensor output', () => {
  it('writes each record with its lane and keeps their order through partial writes', () => {
    let takes = 0;
    const { output, state } = outputInto(() => takes);
    for (let index = 0; index < 2_000; index++) {
      takes = [0, 7, 0, 1_000][index % 4]!;
      output.record(index % 4, `{"index":${index}}`);
      if (index % 3 === 0) output.flush();
    }
    takes = 1_000;
    output.flush();
    const lines = Array.from({ length: 2_000 }, (_, index) => `${index % 4}{"index":${index}}\n`);
    expect(state.text).toBe(lines.join(''));
    expect(output.pendingBytes).toBe(0);
  });

  it('drops and counts the lowest lane first when the reader is slow, and still tells its stats', () => {
    let takes = 0;
    const { output, state } = outputInto(() => takes);
    const json = `"${'x'.repeat(1_000)}"`;
    for (let index = 0; index < 2_000; index++) output.record(3, json);
    expect(output.dropped[3]).toBeGreaterThan(1_000);
    output.record(0, json);
    expect(output.dropped.slice(0, 3)).toEqual([0, 0, 0]);
    for (let index = 0; index < 2_000; index++) output.record(0, json);
    expect(output.dropped[0]).toBeGreaterThan(1_000);
    output.notice('s', { isThere: true });
    takes = 100_000;
    output.flush();
    const records = state.text.split('\n').length - 2;
    expect(records).toBe(output.accepted[0]! + output.accepted[3]!);
    expect(state.text.endsWith('s{"isThere":true}\n')).toBe(true);
  });

  it('drops and counts a record that is too long', () => {
    const { output } = outputInto(() => 0);
    output.record(1, 'x'.repeat(RECORD_BYTES_MAX + 1));
    expect(output.dropped).toEqual([0, 1, 0, 0]);
  });

  it('says that its reader is gone', () => {
    const { output, state } = outputInto(() => -1);
    output.record(1, '{}');
    output.flush();
    expect(state.isBroken).toBe(true);
  });
});
