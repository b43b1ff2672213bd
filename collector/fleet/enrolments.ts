import { randomBytes } from 'node:crypto';
import type { EnrolmentCode } from '../../protocol/api/fleet.js';
import { CodedError } from '../../protocol/base/errors.js';
import { type Clock, isoMillis } from '../../protocol/base/time.js';
import {
  ENROLMENT_RANDOM_BYTES,
  fingerprintOfAuthority,
  hashEnrolmentSecret,
  makeEnrolmentCode,
  parseEnrolmentCode,
} from '../../protocol/enrolment-code.js';

interface Enrolment {
  readonly site: string;
  readonly created: string;
  readonly expires: string;
}

interface Table {
  get(key: string): Promise<Enrolment | undefined>;
  put(key: string, value: Enrolment): Promise<void>;
  update(key: string, change: (value: Enrolment) => Enrolment | undefined): Promise<Enrolment | undefined>;
  delete(key: string): Promise<void>;
  list(): Promise<Array<[string, Enrolment]>>;
}

/** Codes of one site that are made within an hour. */
const CODES_PER_HOUR = 10;
const HOUR_MS = 3_600_000;

/** One-time codes: made for a site, used once, gone when they have expired. */
export class Enrolments {
  readonly #table: Table;
  readonly #clock: Clock;
  readonly #holdMs: number;
  /** When each site's last ones were made. Forgotten at a restart, like every rate. */
  readonly #made = new Map<string, number[]>();

  constructor(table: Table, holdMs: number, clock: Clock) {
    this.#table = table;
    this.#holdMs = holdMs;
    this.#clock = clock;
  }

  /** @throws FLEET_LIMITED */
  async make(site: string, authorityDer: Uint8Array): Promise<EnrolmentCode> {
    this.#limit(site);
    const code = makeEnrolmentCode(randomBytes(ENROLMENT_RANDOM_BYTES), fingerprintOfAuthority(authorityDer));
    const { secret } = parseEnrolmentCode(code)!;
    const now = this.#clock.now();
    const expires = isoMillis(now + this.#holdMs);
    await this.#table.put(hashEnrolmentSecret(secret), { site, created: isoMillis(now), expires });
    return { code, expires };
  }

  /** What a code is for, without using it. @throws ENROL_CODE_INVALID */
  async find(text: string): Promise<{ key: string; site: string }> {
    const code = parseEnrolmentCode(text);
    const key = code === undefined ? undefined : hashEnrolmentSecret(code.secret);
    const enrolment = key === undefined ? undefined : await this.#table.get(key);
    if (key === undefined || enrolment === undefined || this.#isOver(enrolment))
      throw new CodedError('ENROL_CODE_INVALID', 'this code is not valid');
    return { key, site: enrolment.site };
  }

  /** A code is used once, also by two that come at the same moment. @throws ENROL_CODE_INVALID */
  async use(key: string): Promise<void> {
    const before = isoMillis(0);
    const taken = await this.#table.update(key, (value) =>
      this.#isOver(value) ? undefined : { ...value, expires: before },
    );
    if (taken === undefined) throw new CodedError('ENROL_CODE_INVALID', 'this code was used');
    await this.#table.delete(key);
  }

  /** Codes of a site that is no more. */
  async removeOf(site: string): Promise<void> {
    for (const [key, enrolment] of await this.#table.list()) if (enrolment.site === site) await this.#table.delete(key);
  }

  /** @returns how many had expired */
  async purge(): Promise<number> {
    const over = (await this.#table.list()).filter(([, enrolment]) => this.#isOver(enrolment));
    for (const [key] of over) await this.#table.delete(key);
    const since = this.#clock.monotonic() - HOUR_MS;
    for (const [site, times] of this.#made) if (times.every((at) => at <= since)) this.#made.delete(site);
    return over.length;
  }

  #limit(site: string): void {
    const now = this.#clock.monotonic();
    const recent = (this.#made.get(site) ?? []).filter((at) => at > now - HOUR_MS);
    if (recent.length >= CODES_PER_HOUR)
      throw new CodedError('FLEET_LIMITED', `${CODES_PER_HOUR} codes were made for site ${site} within an hour`, {
        site,
      });
    this.#made.set(site, [...recent, now]);
  }

  #isOver({ expires }: Enrolment): boolean {
    return expires <= isoMillis(this.#clock.now());
  }
}
