import type { FastifyError, FastifyInstance } from 'fastify';
import type { ErrorBody } from '../../../protocol/api/common.js';
import { type ErrorCode, remedyOf } from '../../../protocol/base/error-codes.js';
import { CodedError, describeError } from '../../../protocol/base/errors.js';
import type { Logger } from '../../../protocol/base/log.js';

/** The domain knows no HTTP: this is where codes become statuses. */
const STATUSES: Partial<Record<ErrorCode, number>> = {
  INPUT_INVALID: 400,
  QUERY_INVALID: 400,
  QUERY_LIMIT: 400,
  AUTH_PASSWORD_WEAK: 400,
  ENROL_CODE_INVALID: 400,
  ENROL_REFUSED: 400,
  AUTH_REQUIRED: 401,
  AUTH_FAILED: 401,
  AUTH_CODE_WRONG: 401,
  AUTH_FORBIDDEN: 403,
  AUTH_CODE_REQUIRED: 403,
  AUTH_TOTP_MUST_SET_UP: 403,
  AUTH_PASSWORD_MUST_CHANGE: 403,
  FLEET_NOT_FOUND: 404,
  FLEET_EXISTS: 409,
  FLEET_NOT_EMPTY: 409,
  AUTH_TOTP_STATE: 409,
  AUTH_TOTP_LOST: 409,
  REMOTE_INVALID: 400,
  REMOTE_CONFIG_INVALID: 400,
  REMOTE_NOT_FOUND: 404,
  REMOTE_NO_RESULT: 404,
  REMOTE_LIMIT: 429,
  EDR_INVALID: 400,
  EDR_NOT_FOUND: 404,
  EDR_AMBIGUOUS: 409,
  EDR_EXISTS: 409,
  EDR_STATE: 409,
  EDR_LIMIT: 429,
  EDR_REFUSED: 502,
  EDR_LIMITED: 503,
  EDR_UNAVAILABLE: 502,
  EDR_ANSWER: 502,
  AUTH_LIMITED: 429,
  FLEET_LIMITED: 429,
  IDENTITY_REVOKED: 403,
  IDENTITY_UNKNOWN: 403,
  BACKUP_TARGET: 409,
  BACKUP_RUNNING: 409,
  STORE_QUERY_FAILED: 503,
  STORE_ENGINE_ENDED: 503,
  STORE_BUSY: 503,
};

/** Answers every failure with an ErrorBody; what we did not expect is logged and not told. */
export function answerErrors(app: FastifyInstance, log: Logger): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const coded = toCoded(error);
    const status = coded === undefined ? 500 : (STATUSES[coded.code] ?? 500);
    if (status >= 500)
      log.error({ error: describeError(error), stack: error.stack, url: request.routeOptions.url }, 'request failed');
    reply.status(status).send(coded === undefined ? UNEXPECTED : bodyOf(coded));
  });
  app.setNotFoundHandler((_request, reply) => {
    reply.status(404).send(bodyOf(new CodedError('INPUT_INVALID', 'there is nothing at this address')));
  });
}

const UNEXPECTED: ErrorBody = {
  code: 'UNEXPECTED',
  message: 'something went wrong here',
  remedy: "Try again. If it stays, the collector's log says what it is.",
};

function bodyOf(error: CodedError): ErrorBody {
  const position = error.facts['position'];
  return {
    code: error.code,
    message: error.message,
    remedy: remedyOf(error.code),
    ...(typeof position === 'number' ? { position } : {}),
  };
}

/** Fastify's own refusals in our words. */
function toCoded(error: FastifyError): CodedError | undefined {
  if (error instanceof CodedError) return error;
  if (error.validation !== undefined) {
    const first = error.validation[0];
    const extra = (first?.params as { additionalProperty?: string } | undefined)?.additionalProperty;
    const where = extra ?? first?.instancePath.slice(1).replaceAll('/', '.') ?? '';
    const what = extra === undefined ? first?.message : 'is not a known field';
    return new CodedError(
      'INPUT_INVALID',
      `${error.validationContext ?? 'request'} ${where} ${what}`.replaceAll(/\s+/g, ' '),
    );
  }
  if (error.statusCode === 429) return new CodedError('AUTH_LIMITED', 'too many requests from this address');
  if (error.statusCode !== undefined && error.statusCode < 500) return new CodedError('INPUT_INVALID', error.message);
  return undefined;
}
