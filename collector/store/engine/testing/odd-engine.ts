/**
 * Stands in for the engine in tests: inserts go into a file, one line a name, and the condition of a search says what
 * goes wrong.
 */
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { EngineArgument, Request, Word } from '../messages.js';

const { folder } = JSON.parse(process.argv[2] ?? '{}') as EngineArgument;
const FILE = `${folder}.rows`;
const ONCE = `${folder}.once`;
const send = (word: Word): void => void process.send?.(word);
const kept: Uint8Array[] = [];

const stored = (): string[] => (existsSync(FILE) ? readFileSync(FILE, 'utf8').trim().split('\n') : []);

/** A fault that is named in the file happens once. */
function fault(): string {
  const name = existsSync(ONCE) ? readFileSync(ONCE, 'utf8') : '';
  rmSync(ONCE, { force: true });
  return name;
}

function misbehave(name: string): void {
  if (name === 'die') process.exit(3);
  if (name === 'spin') for (;;);
  if (name === 'eat') setInterval(() => kept.push(new Uint8Array(32 * 2 ** 20).fill(1)), 10);
}

function onRequest({ id, operation, args }: Request): void {
  if (operation === 'close') process.exit(0);
  if (operation === 'insert') {
    const token = String(args[1]);
    const name = fault();
    if (name === 'die before') process.exit(3);
    if (!stored().includes(token)) appendFileSync(FILE, `${token}\n`);
    if (name === 'die after') process.exit(3);
    if (name === 'silent') return;
  }
  if (operation === 'marks' && fault() === 'die in marks') process.exit(3);
  if (operation === 'search') {
    const { sql } = (args[0] as { where: { sql: string } }).where;
    misbehave(sql);
    if (sql !== 'quick') return;
  }
  send({ kind: 'value', id, value: operation === 'search' ? '[]' : 1 });
}

/** Signals by which it ends before it is open, one a start. */
function endInOpening(): void {
  const file = `${folder}.ends`;
  const [signal, ...more] = existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean) : [];
  if (signal === undefined) return;
  writeFileSync(file, more.join(' '));
  process.kill(process.pid, signal as NodeJS.Signals);
}

endInOpening();
process.on('disconnect', () => process.exit(0));
process.on('message', onRequest);
setInterval(() => send({ kind: 'alive' }), 50);
if (fault() === 'unable') {
  send({ kind: 'unable', failure: { code: 'STORE_OPEN_FAILED', message: 'no table', facts: {} } });
} else send({ kind: 'ready' });
