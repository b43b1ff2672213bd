import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Captures } from './captures.js';
import { emptyPcap } from './pcap-cutter.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const source = { pause: () => {}, resume: () => {} };
const packet = Buffer.alloc(16);
const FILE = Buffer.concat([emptyPcap(), packet, packet]);
const ENDED = { kind: 'ended', packets: 2, bytes: FILE.length, dropped: 1, endedBy: 'time' } as const;

function begun(seconds = 5) {
  const sent: string[] = [];
  const captures = new Captures({ send: (text) => sent.push(text) > 0 });
  const pieces: Buffer[] = [];
  const capture = () => captures.run({ seconds }, (piece) => void pieces.push(piece));
  return { captures, sent, pieces, capture, running: capture() };
}

describe('captures of a sensor', () => {
  it('are whole although the word of their end comes before their bytes', async () => {
    const { captures, pieces, running } = begun();
    captures.onNotice({ id: 1, ...ENDED });
    captures.onBytes(FILE.subarray(0, 30), source);
    captures.onBytes(FILE.subarray(30), source);
    expect(await running).toEqual({ packets: 2, bytes: FILE.length, dropped: 1, endedBy: 'time' });
    expect(Buffer.concat(pieces)).toEqual(FILE);
  });

  it('end without the word of a sensor that does not give it, and what it sends late is in no other one', async () => {
    const { captures, sent, pieces, capture, running } = begun();
    captures.onBytes(FILE.subarray(0, 41), source);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await running).toMatchObject({ packets: 1, bytes: 40, endedBy: 'time' });
    expect(sent.at(-1)).toBe('x');
    await expect(capture()).rejects.toMatchObject({ code: 'CAPTURE_BUSY' });
    captures.onBytes(FILE.subarray(41), source);
    captures.onNotice({ id: 1, ...ENDED });
    const second = capture();
    captures.onBytes(FILE, source);
    captures.onNotice({ id: 2, ...ENDED });
    expect(await second).toMatchObject({ packets: 2, endedBy: 'time' });
    expect(Buffer.concat(pieces)).toEqual(Buffer.concat([FILE.subarray(0, 40), FILE]));
  });

  it('take no word that is about another one', async () => {
    const { captures, running } = begun();
    captures.onNotice({ id: 7, ...ENDED, bytes: 0 });
    captures.onNotice({ id: 7, kind: 'refused', code: 'CAPTURE_BUSY', message: 'no', facts: {} });
    expect(captures.isRunning).toBe(true);
    captures.onNotice({ id: 1, kind: 'refused', code: '__proto__', message: 'no', facts: {} });
    await expect(running).rejects.toMatchObject({ code: 'SENSOR_FAILED' });
  });

  it('are files of no packets when they end before anything came', async () => {
    const { captures, running } = begun();
    captures.onGone('sensor');
    expect(await running).toEqual({ packets: 0, bytes: 24, dropped: 0, endedBy: 'sensor' });
    const stopped = captures.run({}, () => {}, AbortSignal.abort());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await stopped).toMatchObject({ packets: 0, endedBy: 'stopped' });
  });
});
