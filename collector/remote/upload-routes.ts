import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { UPLOAD_PIECE_BYTES_MAX } from '../../protocol/commands.js';
import type { Box } from './box.js';
import type { CommandBook } from './command-book.js';
import type { Results } from './results.js';

const Query = Type.Object({
  offset: Type.Integer({ minimum: 0 }),
  total: Type.Integer({ minimum: 1 }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Of the whole.' }),
});
const Params = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) });

/**
 * `PUT /uploads/{command}`: a piece of the result of a command that this box was sent. The answer says how much is here;
 * that is where the next piece begins, whatever was lost before.
 */
export const uploadRoutes =
  (hand: { readonly commands: Pick<CommandBook, 'awaitedFile'>; readonly results: Pick<Results, 'take'> }) =>
  (app: FastifyInstance, peerOf: (request: FastifyRequest) => Box): void => {
    app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    app.put(
      '/uploads/:id',
      {
        schema: { params: Params, querystring: Query },
        bodyLimit: UPLOAD_PIECE_BYTES_MAX,
        // Before a body is read.
        onRequest: async (request) => void peerOf(request),
      },
      async (request) => {
        const box = peerOf(request);
        const { id } = request.params as Static<typeof Params>;
        const awaited = hand.commands.awaitedFile(box, id);
        const content = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        return { received: await hand.results.take(awaited, { ...(request.query as Static<typeof Query>), content }) };
      },
    );
  };
