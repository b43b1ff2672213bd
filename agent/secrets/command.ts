import { CodedError } from '../../protocol/base/errors.js';
import { SECRET_BYTES_MAX, Secrets } from './secrets.js';

/** From standard input: an argument would be seen by everybody on the machine, and stay in the shell's history. */
export async function setSecret(
  dataFolder: string,
  name: string,
  input: AsyncIterable<Buffer | string>,
): Promise<void> {
  let text = '';
  for await (const piece of input) {
    text += piece.toString();
    if (text.length > SECRET_BYTES_MAX + 2) throw new CodedError('SECRET_INVALID', 'the secret is too long');
    // A person at a terminal ends it with the return key, not with the end of input.
    if (text.includes('\n')) break;
  }
  new Secrets(dataFolder).set(name, text.replace(/\r?\n$/, ''));
}
