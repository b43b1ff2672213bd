import { type Static, Type } from 'typebox';
import { Me } from './session.js';

/** Six digits of an authenticator (RFC 6238), or a recovery code. Spaces, hyphens and full-width digits are fine. */
export const Code = Type.String({ minLength: 1, maxLength: 64 });

/** POST /session/totp, /session/totp/remove and /session/totp/recovery-codes. */
export const CodeGiven = Type.Object({ code: Code }, { additionalProperties: false });
export type CodeGiven = Static<typeof CodeGiven>;

/** POST /session/totp/set-up: the password some minutes after signing in; a code where there is a second step already. */
export const TotpSetUp = Type.Object(
  { password: Type.Optional(Type.String({ minLength: 1, maxLength: 1_024 })), code: Type.Optional(Code) },
  { additionalProperties: false },
);
export type TotpSetUp = Static<typeof TotpSetUp>;

/** The answer: shown this once, and of use when POST /session/totp/confirm has proven that the authenticator has it. */
export const TotpSecret = Type.Object({
  secret: Type.String({ description: 'Base32, for typing in.' }),
  uri: Type.String({ description: 'otpauth://totp/... for a QR code.' }),
});
export type TotpSecret = Static<typeof TotpSecret>;

/** Each holds once. Shown this once. */
export const RecoveryCodes = Type.Object({ recoveryCodes: Type.Array(Type.String()) });
export type RecoveryCodes = Static<typeof RecoveryCodes>;

/** POST /session/totp/confirm. */
export const TotpConfirmed = Type.Object({ me: Me, recoveryCodes: Type.Array(Type.String()) });
export type TotpConfirmed = Static<typeof TotpConfirmed>;
