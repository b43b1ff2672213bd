import type { EdrJob as EdrJobView } from '../../protocol/api/connectors.js';
import type { BoxConfig as BoxConfigView, CommandView, SiteConfigVersion } from '../../protocol/api/remote.js';
import type { Role } from '../../protocol/api/session.js';
import type { Lane } from '../../protocol/records/lanes.js';

export interface Company {
  readonly id: string;
  readonly name: string;
  readonly created: string;
  /** Its id is not given again. */
  readonly removed?: string;
}

export interface Site {
  readonly id: string;
  readonly company: string;
  readonly name: string;
  readonly created: string;
  /** Where it is and who connects it: sites that share one may be gone together. */
  readonly prefecture?: string;
  readonly provider?: string;
  /** The box that is enrolled there now. */
  readonly agent?: string;
}

export interface Agent {
  readonly id: string;
  readonly site: string;
  readonly company: string;
  readonly created: string;
  /** SHA-256 of the client certificate's DER, hex. */
  readonly certificate: string;
  readonly expires: string;
  /** From a renewal: takes the place of the first as soon as the box has come with it. */
  readonly next?: { readonly certificate: string; readonly expires: string };
  /** When its identity was ended. */
  readonly revoked?: string;
}

/** A code that was given out; the key is the hash of its secret. */
export interface Enrolment {
  readonly site: string;
  readonly created: string;
  readonly expires: string;
}

export interface User {
  readonly name: string;
  readonly role: Role;
  readonly company?: string;
  readonly passwordHash: string;
  readonly mustChangePassword: boolean;
  readonly created: string;
  readonly isDisabled?: boolean;
  readonly lastSignIn?: string;
  readonly totp?: {
    /** Base32, sealed by the vault of the authority. */
    readonly secret: string;
    readonly since: string;
    /** The newest step of which a code was used. */
    readonly lastStep: number;
    /** SHA-256 of the recovery codes that are left, hex. */
    readonly recovery: readonly string[];
  };
  readonly totpPending?: { readonly secret: string; readonly created: string };
}

/** The key is the token's id. */
export interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly company?: string;
  readonly owner: string;
  /** SHA-256 of the secret, hex. */
  readonly secretHash: string;
  readonly created: string;
  readonly expires: string;
  readonly lastUsed?: string;
}

/** The key is SHA-256 of the cookie, hex. */
export interface Session {
  readonly user: string;
  readonly created: string;
  /** End of the idle time, moved on by use. */
  readonly expires: string;
  /** The password was right, the second step is not done. */
  readonly awaitsCode?: boolean;
  /** When a code of the second step was given last. */
  readonly totpAt?: string;
}

/** Append-only; the key is ordered by time. */
export interface AuditEntry {
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly company?: string;
  readonly detail?: string;
  /** Where the request came from. */
  readonly address?: string;
}

/** What could not be stored as a record. The key is ordered by time. */
export interface DeadLetter {
  readonly at: string;
  readonly site: string;
  readonly agent: string;
  readonly lane?: Lane;
  readonly seq?: number;
  readonly reason: string;
  readonly bytes: number;
  /** Base64, cut to a limit. */
  readonly content: string;
}

/** Batches that are done although the table holds nothing of them; the key is agent:epoch:lane. */
export interface DoneMark {
  readonly seq: number;
}

/** When a box was heard of last; the key is its id. Milliseconds since the epoch. */
export interface Contact {
  readonly lastMs: number;
  readonly goneMs?: number;
  readonly goodbyeMs?: number;
  readonly version?: string;
  readonly skewMs?: number;
  readonly address?: string;
}

/** An alert of the collector's own that is raised and not over; the key says what it is about. */
export interface Alarm {
  readonly rule: string;
  readonly subject: string;
  readonly agent: string;
  readonly site: string;
  readonly company: string;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Of one about many: the boxes that are missing, how many they were at most, and how many were told. */
  readonly members?: readonly string[];
  readonly peak?: number;
  readonly told?: number;
}

/** What a box was asked to do, and what became of it; the key is site:command, ids are in the order of time. */
export type Command = Omit<CommandView, 'remedy'> & { readonly company: string };

/** What a site's box is to run with; the key is site:version. */
export type SiteConfig = SiteConfigVersion;

/** What a box said about its configuration; the key is its id. */
export type BoxConfig = Omit<BoxConfigView, 'agent'>;

/** An account at an EDR cloud; the key is its id. */
export interface EdrAccount {
  readonly id: string;
  readonly name: string;
  readonly vendor: 'sophos';
  readonly clientId: string;
  /** Sealed by the vault of the authority. */
  readonly secret: string;
  readonly company?: string;
  readonly site?: string;
  readonly tenants: ReadonlyArray<{ readonly tenant: string; readonly company: string; readonly site?: string }>;
  readonly urls?: { readonly auth: string; readonly api: string };
  readonly isPaused?: boolean;
  readonly created: string;
}

/** How far a list of an EDR cloud is stored; the key is account:tenant:stream. Milliseconds since the epoch. */
export interface EdrCursor {
  /** When the last look began that was read to its end. */
  readonly completeMs?: number;
  /** When the last look at everything began that was. */
  readonly sweptMs?: number;
  /** One that is under way. */
  readonly look?: {
    readonly startedMs: number;
    readonly isSweep: boolean;
    readonly cursor: string;
    readonly reachedMs: number;
  };
}

/** What was asked of an EDR cloud; the key is its id, ids are in the order of time. */
export type EdrJob = EdrJobView & { readonly remindedMs?: number };
