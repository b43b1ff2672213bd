import { type Static, Type } from 'typebox';
import { Id } from './common.js';

export const AUDIT_LIMIT_DEFAULT = 100;

/** GET /audit: newest first. */
export const AuditQuery = Type.Object(
  {
    before: Type.Optional(Type.String({ maxLength: 64, description: '`next` of the page before.' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: AUDIT_LIMIT_DEFAULT })),
    who: Type.Optional(Type.String({ minLength: 1, maxLength: 140, description: 'Exactly this one.' })),
    company: Type.Optional(Id),
    text: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'In what, detail or address, whatever the case.' }),
    ),
    from: Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339, inclusive.' })),
    to: Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339, exclusive.' })),
  },
  { additionalProperties: false },
);
export type AuditQuery = Static<typeof AuditQuery>;

export const AuditEntry = Type.Object({
  id: Type.String(),
  at: Type.String(),
  who: Type.String({ description: 'A person, `token:ID`, `agent:ID`, or the local administrator.' }),
  what: Type.String(),
  company: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  address: Type.Optional(Type.String({ description: 'Where the request came from.' })),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditList = Type.Object({
  entries: Type.Array(AuditEntry),
  next: Type.Optional(Type.String({ description: 'Given as `before` it gets the next page, which may be empty.' })),
});
export type AuditList = Static<typeof AuditList>;
