/** Replays the recordings that its parent names, one at a time, and answers each with what became of it. */
import { replayRecording } from './recording.js';

export interface Endured {
  readonly packets: number;
  readonly tookMs: number;
  /** The clear error that ended the recording. */
  readonly error?: string;
  /** Anything else that was thrown. */
  readonly failure?: string;
}

process.on('message', async (path: string) => process.send?.(await endure(path)));

async function endure(path: string): Promise<Endured> {
  try {
    const { packets, tookMs, error } = await replayRecording(path, false);
    await replayRecording(path, true);
    return { packets, tookMs, ...(error === undefined ? {} : { error: `${error.code} ${error.message}` }) };
  } catch (error) {
    return { packets: 0, tookMs: 0, failure: String((error as Error).stack ?? error) };
  }
}
