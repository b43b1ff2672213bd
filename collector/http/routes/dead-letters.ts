import { constants, gunzipSync } from 'node:zlib';
import { Type } from 'typebox';
import {
  DEAD_LETTERS_LIMIT_DEFAULT,
  DeadLetter,
  DeadLetterId,
  DeadLetterList,
  DeadLettersQuery,
  DeadLettersRemoval,
  DeadLettersRemoved,
} from '../../../protocol/api/dead-letters.js';
import type { Role } from '../../../protocol/api/session.js';
import { CodedError } from '../../../protocol/base/errors.js';
import { accessOf, STAFF } from '../identity.js';
import type { Routes } from '../types.js';

type Letter = Omit<DeadLetter, 'id' | 'text'>;

export interface DeadLettersPort {
  readonly count: number;
  byAgent(): DeadLetterList['byAgent'];
  byReason(agent?: string): Promise<DeadLetterList['byReason']>;
  list(options: {
    agent?: string | undefined;
    limit: number;
    before?: string | undefined;
  }): Promise<Array<[string, Letter]>>;
  get(id: string): Promise<Letter | undefined>;
  remove(id: string): Promise<boolean>;
  removeOf(agent: string): Promise<number>;
}

/** Whoever may throw away what could not be stored. */
const KEEPERS: readonly Role[] = ['admin', 'soc'];
const TEXT_BYTES_MAX = 64 * 1024;
const Params = Type.Object({ id: DeadLetterId });

/** What could not be stored as records: how much, why, what it was; and that somebody has seen to it. */
export const deadLetterRoutes: Routes<{ deadLetters: DeadLettersPort }> = (app, { deadLetters, audit }) => {
  app.get(
    '/dead-letters',
    {
      schema: { tags: ['fleet'], querystring: DeadLettersQuery, response: { 200: DeadLetterList } },
      config: { roles: STAFF },
    },
    async (request) => {
      const { agent, limit = DEAD_LETTERS_LIMIT_DEFAULT, before } = request.query;
      // One more than asked for tells whether there are more.
      const found = await deadLetters.list({ agent, limit: limit + 1, before });
      const shown = found.slice(0, limit);
      const next = found.length > limit ? shown.at(-1)?.[0] : undefined;
      return {
        deadLetters: shown.map(([id, letter]) => ({ id, ...letter })),
        total: deadLetters.count,
        byAgent: deadLetters.byAgent(),
        byReason: await deadLetters.byReason(agent),
        ...(next === undefined ? {} : { next }),
      };
    },
  );

  app.get(
    '/dead-letters/:id',
    { schema: { tags: ['fleet'], params: Params, response: { 200: DeadLetter } }, config: { roles: STAFF } },
    async (request) => {
      const { id } = request.params;
      const letter = await deadLetters.get(id);
      if (letter === undefined) throw notFound(id);
      audit.look(accessOf(request), 'dead letter', id);
      const text = textOf(Buffer.from(letter.content, 'base64'));
      return { id, ...letter, ...(text === undefined ? {} : { text }) };
    },
  );

  app.delete(
    '/dead-letters/:id',
    { schema: { tags: ['fleet'], params: Params, response: { 200: DeadLettersRemoved } }, config: { roles: KEEPERS } },
    async (request) => {
      const { id } = request.params;
      if (!(await deadLetters.remove(id))) throw notFound(id);
      await audit.change(accessOf(request), 'dead letters removed', { detail: id });
      return { removed: 1 };
    },
  );

  app.delete(
    '/dead-letters',
    {
      schema: { tags: ['fleet'], querystring: DeadLettersRemoval, response: { 200: DeadLettersRemoved } },
      config: { roles: KEEPERS },
    },
    async (request) => {
      const { agent } = request.query;
      const removed = await deadLetters.removeOf(agent);
      await audit.change(accessOf(request), 'dead letters removed', { detail: `${removed} of ${agent}` });
      return { removed };
    },
  );
};

function notFound(id: string): CodedError {
  return new CodedError('FLEET_NOT_FOUND', `no dead letter ${id}`, { id });
}

/** A batch as it came, as far as it can be unpacked; a record; or neither. */
function textOf(content: Buffer): string | undefined {
  const plain = content[0] === 0x1f && content[1] === 0x8b ? unpacked(content) : content;
  const text = plain.subarray(0, TEXT_BYTES_MAX).toString('utf8');
  return text === '' || text.includes('\uFFFD') ? undefined : text;
}

function unpacked(content: Buffer): Buffer {
  try {
    return gunzipSync(content, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 4 * TEXT_BYTES_MAX });
  } catch {
    return content;
  }
}
