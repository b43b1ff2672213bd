import { remedyOf } from './error-codes.js';
import { CodedError, describeError } from './errors.js';

/**
 * Runs a command and turns every failure into one clear line on standard error and a non-zero exit code, without a
 * stack trace. A bug (anything but a CodedError) shows its stack, because only we can mend it.
 */
export async function runCommand(program: string, command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    process.stderr.write(`${program}: ${lineFor(error)}\n`);
    process.exitCode = 1;
  }
}

function lineFor(error: unknown): string {
  if (error instanceof CodedError) return `${describeError(error)} (${error.code}). ${remedyOf(error.code)}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
