import type { TotpSecret } from '../../protocol/api/totp.js';
import { CodedError } from '../../protocol/base/errors.js';
import { isoMillis } from '../../protocol/base/time.js';
import { Attempts } from './attempts.js';
import { hashRecoveryCode, isRecoveryCode, makeRecoveryCodes } from './recovery-codes.js';
import { isTotpCode, makeTotpSecret, matchTotp, plainCode, totpUri } from './totp.js';
import type { Totp, User, UsersDeps } from './types.js';

/** Three of a million codes are right at a time. Only who has the password gets to guess, so nobody is locked out by others. */
const GUESSES = { max: 5, windowMs: 60_000 };
const GUESSES_OF_DAY = { max: 50, windowMs: 86_400_000 };
/** How long a secret that was shown waits for its first code. */
const PENDING_MS = 15 * 60_000;
const ISSUER = 'Hinomi';

/** Codes of an authenticator beside the password (RFC 6238), and recovery codes for the day when it is lost. */
export class SecondStep {
  readonly #deps: UsersDeps;
  readonly #guesses: Attempts;
  readonly #guessesOfDay: Attempts;

  constructor(deps: UsersDeps) {
    this.#deps = deps;
    this.#guesses = new Attempts(GUESSES, deps.clock);
    this.#guessesOfDay = new Attempts(GUESSES_OF_DAY, deps.clock);
  }

  /** A code or a recovery code, which is used up by it. @throws AUTH_CODE_WRONG, AUTH_LIMITED */
  async check(user: User, text: string): Promise<void> {
    const code = plainCode(text);
    await this.#guess(user.name, async () => {
      const nowMs = this.#deps.clock.now();
      // Two that come with the same code at the same moment: the table's turn decides, one of them is refused.
      const changed = await this.#deps.users.update(user.name, (value) => {
        const totp = value.totp === undefined ? undefined : this.#used(value.name, value.totp, code, nowMs);
        return totp === undefined ? undefined : { ...value, totp };
      });
      return changed !== undefined;
    });
  }

  /** A new secret, of use once it is confirmed. */
  async offer(name: string): Promise<TotpSecret> {
    const secret = makeTotpSecret();
    const created = isoMillis(this.#deps.clock.now());
    const pending = { secret: this.#deps.vault?.sealText(sealName(name), secret) ?? secret, created };
    await this.#deps.users.update(name, (value) => ({ ...value, totpPending: pending }));
    return { secret, uri: totpUri(secret, ISSUER, name) };
  }

  /** The first code of the offered secret. @throws AUTH_TOTP_STATE, AUTH_CODE_WRONG, AUTH_LIMITED @returns recovery codes */
  async confirm(user: User, text: string): Promise<string[]> {
    const code = plainCode(text);
    const recoveryCodes = makeRecoveryCodes();
    const nowMs = this.#deps.clock.now();
    if (!isPending(user, nowMs))
      throw new CodedError('AUTH_TOTP_STATE', 'there is no new secret that waits for a code');
    await this.#guess(user.name, async () => {
      const changed = await this.#deps.users.update(user.name, (value) => {
        const { totpPending, ...rest } = value;
        if (totpPending === undefined || !isPending(value, nowMs)) return undefined;
        const step = matchTotp(this.#open(user.name, totpPending.secret), code, nowMs, -1);
        if (step === undefined) return undefined;
        const recovery = hashesOf(recoveryCodes);
        return { ...rest, totp: { secret: totpPending.secret, since: isoMillis(nowMs), lastStep: step, recovery } };
      });
      return changed !== undefined;
    });
    return recoveryCodes;
  }

  async renewRecoveryCodes(name: string): Promise<string[]> {
    const recoveryCodes = makeRecoveryCodes();
    const recovery = hashesOf(recoveryCodes);
    await this.#deps.users.update(name, (value) =>
      value.totp === undefined ? undefined : { ...value, totp: { ...value.totp, recovery } },
    );
    return recoveryCodes;
  }

  async remove(name: string): Promise<void> {
    await this.#deps.users.update(name, ({ totp: _gone, totpPending: _too, ...rest }) => rest);
    this.#guesses.forget(name);
    this.#guessesOfDay.forget(name);
  }

  /** What is left after a code was used; undefined when it is a wrong one. */
  #used(name: string, totp: Totp, code: string, nowMs: number): Totp | undefined {
    if (isTotpCode(code)) {
      const step = matchTotp(this.#open(name, totp.secret), code, nowMs, totp.lastStep);
      return step === undefined ? undefined : { ...totp, lastStep: step };
    }
    const hash = hashRecoveryCode(code);
    if (!isRecoveryCode(code) || !totp.recovery.includes(hash)) return undefined;
    return { ...totp, recovery: totp.recovery.filter((each) => each !== hash) };
  }

  /** @throws AUTH_TOTP_LOST */
  #open(name: string, stored: string): string {
    if (!stored.startsWith('{')) return stored;
    const secret = this.#deps.vault?.openText(sealName(name), stored);
    if (secret === undefined)
      throw new CodedError('AUTH_TOTP_LOST', `the second step of ${name} was sealed under another key`);
    return secret;
  }

  /** Counts a guess before its answer is known, so that many at once are not more than one after the other. */
  async #guess(name: string, isRight: () => Promise<boolean>): Promise<void> {
    if (this.#guesses.isBlocked(name) || this.#guessesOfDay.isBlocked(name))
      throw new CodedError('AUTH_LIMITED', 'too many wrong codes');
    this.#guesses.fail(name);
    this.#guessesOfDay.fail(name);
    if (!(await isRight())) throw new CodedError('AUTH_CODE_WRONG', 'the code is wrong, too old, or was used already');
    this.#guesses.forget(name);
    this.#guessesOfDay.takeBack(name);
  }
}

const sealName = (user: string): string => `totp:${user}`;

function isPending(user: User, nowMs: number): boolean {
  return user.totpPending !== undefined && nowMs - Date.parse(user.totpPending.created) < PENDING_MS;
}

function hashesOf(codes: readonly string[]): string[] {
  return codes.map((code) => hashRecoveryCode(plainCode(code)));
}
