import { type Static, Type } from 'typebox';

export const API_PREFIX = '/api/v1';

/** Ids of companies, sites, agents and users: also MQTT topic segments. */
export const Id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' });
/** A name that people see. */
export const Name = Type.String({ minLength: 1, maxLength: 120 });

/** Every error body. `code` is from base/error-codes.ts; `message` says what is wrong, `remedy` what to do next. */
export const ErrorBody = Type.Object({
  code: Type.String(),
  message: Type.String(),
  remedy: Type.String(),
  /** For QUERY_INVALID: where in the query text, counted in UTF-16 units from 0. */
  position: Type.Optional(Type.Integer()),
});
export type ErrorBody = Static<typeof ErrorBody>;
