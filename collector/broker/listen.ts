import type { Server } from 'node:net';
import { CodedError } from '../../protocol/base/errors.js';

/** @throws ADDRESS_IN_USE, CONFIG_INVALID */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code === 'EADDRINUSE' ? 'ADDRESS_IN_USE' : 'CONFIG_INVALID';
      reject(new CodedError(code, `could not listen on ${host}:${port} for agents`, { host, port }, { cause: error }));
    });
    server.listen(port, host, () => resolve());
  });
}
