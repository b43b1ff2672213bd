import { request } from 'node:http';
import { join } from 'node:path';
import { API_PREFIX, type ErrorBody } from '../../protocol/api/common.js';
import { ERROR_CODES, type ErrorCode } from '../../protocol/base/error-codes.js';
import { CodedError } from '../../protocol/base/errors.js';

/**
 * Asks the running collector over the socket in its data folder.
 * @throws SETUP_STEP_FAILED when none runs there, or the code that the collector answers with
 */
export async function askCollector<T>(data: string, method: string, path: string, body?: object): Promise<T> {
  const { status, text } = await send(join(data, 'admin.sock'), method, `${API_PREFIX}${path}`, body).catch(
    (error: NodeJS.ErrnoException) => {
      throw new CodedError(
        'COLLECTOR_NOT_RUNNING',
        `no collector runs on the data folder ${data}`,
        {},
        { cause: error },
      );
    },
  );
  const answer = JSON.parse(text) as T & ErrorBody;
  if (status < 400) return answer;
  const code: ErrorCode = answer.code in ERROR_CODES ? (answer.code as ErrorCode) : 'SETUP_STEP_FAILED';
  throw new CodedError(code, answer.message);
}

/** A file from the running collector. @throws as `askCollector` */
export async function downloadFromCollector(data: string, path: string): Promise<Buffer> {
  const { status, content } = await sendRaw(join(data, 'admin.sock'), 'GET', `${API_PREFIX}${path}`, undefined);
  if (status < 400) return content;
  const answer = JSON.parse(content.toString('utf8')) as ErrorBody;
  const code: ErrorCode = answer.code in ERROR_CODES ? (answer.code as ErrorCode) : 'SETUP_STEP_FAILED';
  throw new CodedError(code, answer.message);
}

async function send(
  socketPath: string,
  method: string,
  path: string,
  body: object | undefined,
): Promise<{ status: number; text: string }> {
  const { status, content } = await sendRaw(socketPath, method, path, body);
  return { status, text: content.toString('utf8') };
}

function sendRaw(
  socketPath: string,
  method: string,
  path: string,
  body: object | undefined,
): Promise<{ status: number; content: Buffer }> {
  return new Promise((resolve, reject) => {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const headers =
      content === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) };
    const call = request({ socketPath, method, path, headers, timeout: 30_000 }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (chunk: Buffer) => parts.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 500, content: Buffer.concat(parts) }));
      response.on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error('no answer for 30 s')));
    call.on('error', reject);
    call.end(content);
  });
}
