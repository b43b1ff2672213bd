import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { describeError } from './errors.js';

/** Past this it is not looking any more. A card reads a full spool in less than a minute. */
const LIMIT_MS = 600_000;
const WORDS_MAX = 2_000;

/** Ends with whoever asked, whose end closes its input: otherwise it would keep the spool from the next one. */
const PROGRAM = `
const [, path, what, folder] = process.argv;
const { ClassicLevel } = require(path);
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
const look = async () => {
  const db = new ClassicLevel(folder, { createIfMissing: false, compression: false });
  await db.open();
  for await (const _ of db.iterator());
  await db.compactRange('', '\\uffff');
  await db.get('\\uffff');
  await db.del('\\uffff');
  await db.close();
};
(what === 'repair' ? ClassicLevel.repair(folder) : look()).then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(String((error.cause ?? error).message), () => process.exit(1));
  },
);
`;

/**
 * Does it in a process of its own, which some damage ends: `look` reads everything, brings it into order, asks for a key
 * and writes that there is none. Some damage ends whoever does one of these first.
 * @throws Error with LevelDB's words, or that the process ended
 */
export async function doApart(what: 'look' | 'repair', folder: string): Promise<void> {
  const path = createRequire(createRequire(import.meta.url).resolve('level')).resolve('classic-level');
  const child = spawn(process.execPath, ['-e', PROGRAM, path, what, folder], {
    stdio: ['pipe', 'ignore', 'pipe'],
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  let words = '';
  child.stderr.on('data', (piece: Buffer) => {
    if (words.length < WORDS_MAX) words += piece.toString('utf8');
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code === 0) return;
  throw new Error(signal === null ? words.trim() : `${what} ended by ${signal}: ${words.trim().slice(-200)}`);
}

/** What another program, a person or a full machine is to blame for: the data are good, and nothing may be changed. */
const NOT_DAMAGE =
  /\block |permission|not permitted|read-only|no space|disk quota|too many open files|cannot allocate|resource temporarily/i;

/** LevelDB has many words for files that are cut, empty, missing or something else. */
export const mayBeDamage = (error: unknown): boolean => !NOT_DAMAGE.test(describeError(error));
