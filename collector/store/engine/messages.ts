import type { ErrorCode } from '../../../protocol/base/error-codes.js';
import { CodedError, describeError, type ErrorFacts } from '../../../protocol/base/errors.js';
import type { StoreConfig } from '../config.js';

/** What collector and engine say to each other, over the channel that Node opens between parent and child. */
export interface EngineArgument {
  readonly config: StoreConfig & { readonly restoreFrom?: string };
  readonly folder: string;
}

export interface Request {
  readonly id: number;
  readonly operation: string;
  readonly args: readonly unknown[];
}

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly facts: ErrorFacts;
}

/** To a request, or of the engine's own accord. */
export type Word =
  | { readonly kind: 'value'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure }
  | { readonly kind: 'ready' }
  | { readonly kind: 'unable'; readonly failure: Failure }
  | { readonly kind: 'alive' }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly facts: object;
      readonly event: string;
    };

/** An error as something that can be sent: the causes are put into its message. */
export function failureOf(error: unknown): Failure {
  const message = describeError(error);
  return error instanceof CodedError
    ? { code: error.code, message, facts: error.facts }
    : { code: 'STORE_QUERY_FAILED', message, facts: {} };
}

export function errorOf({ code, message, facts }: Failure): CodedError {
  return new CodedError(code, message, facts);
}
