import { type Static, Type } from 'typebox';
import { EnrolAnswer } from './fleet.js';

/**
 * What a box asks of the collector's gate, over HTTPS. `POST /enrol` takes an `EnrolRequest` and needs no certificate;
 * all else is by the box's own.
 */
export const GATE_PREFIX = '/agent/v1';

/** POST /renew: answered like an enrolment. */
export const RenewRequest = Type.Object(
  { csr: Type.String({ maxLength: 8_192, description: 'PKCS #10, PEM, P-256: a new key.' }) },
  { additionalProperties: false },
);
export type RenewRequest = Static<typeof RenewRequest>;
export const RenewAnswer = EnrolAnswer;
export type RenewAnswer = EnrolAnswer;

/** POST /time. */
export const TimeRequest = Type.Object(
  {
    nonce: Type.String({ pattern: '^[A-Za-z0-9_-]{16,64}$', description: 'Random: the answer is for this question.' }),
  },
  { additionalProperties: false },
);
export type TimeRequest = Static<typeof TimeRequest>;

export const TimeAnswer = Type.Object({
  signed: Type.String({ description: 'Signed, context time: a SignedTime.' }),
  signer: Type.String({ description: 'PEM, of the authority.' }),
});
export type TimeAnswer = Static<typeof TimeAnswer>;

export const SignedTime = Type.Object({
  nonce: Type.String(),
  now: Type.Integer({ description: 'Milliseconds since the Unix epoch.' }),
});
export type SignedTime = Static<typeof SignedTime>;

/** GET /signer. */
export const SignerAnswer = Type.Object({ signer: Type.String({ description: 'PEM, of the authority.' }) });
export type SignerAnswer = Static<typeof SignerAnswer>;
