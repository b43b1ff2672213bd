import type { AnyRecord } from '../../protocol/records/records.js';

/** Values of one field of a session, as Arkime collects them: each once, in any order. */
export type Expected = readonly unknown[];

/** A field of Arkime's session beside what our records of that session say. */
export interface Field {
  readonly suite: string;
  readonly field: string;
  expected(body: ArkimeBody): Expected | undefined;
  actual(record: AnyRecord): unknown;
}

export interface ArkimeBody {
  readonly network: { readonly community_id?: string };
  readonly source: { readonly ip?: string; readonly port?: number };
  readonly destination: { readonly ip?: string; readonly port?: number };
  readonly tls?: Readonly<Record<string, Expected>>;
  readonly http?: Readonly<Record<string, Expected>>;
  readonly dhcp?: Readonly<Record<string, Expected>>;
  readonly quic?: Readonly<Record<string, Expected>>;
  readonly user?: Expected;
  readonly email?: Readonly<Record<string, Expected>>;
  readonly ftp?: Readonly<Record<string, Expected>>;
  readonly socks?: Readonly<Record<string, unknown>>;
  readonly snmp?: Readonly<Record<string, Expected>>;
  readonly ntp?: Readonly<Record<string, Expected>>;
  readonly mqtt?: Readonly<Record<string, Expected>>;
  readonly protocol?: readonly string[];
  readonly smb?: Readonly<Record<string, Expected | string>>;
  readonly ldap?: Readonly<Record<string, Expected>>;
  readonly krb5?: Readonly<Record<string, Expected>>;
  readonly dcerpc?: Readonly<Record<string, Expected>>;
  readonly cert?: readonly { readonly hash?: string }[];
}
