import type { AnyRecord } from '../../protocol/records/records.js';
import type { ArkimeBody, Field } from './arkime-field.js';
import { detailOf } from './zeek-log.js';

type Kind = 'smb' | 'ldap' | 'krb5' | 'dcerpc';
const PROTOCOLS: Readonly<Record<Kind, string>> = { smb: 'smb', ldap: 'ldap', krb5: 'kerberos', dcerpc: 'dce_rpc' };
/** SMB 1 without a name and without a password, and LDAP likewise, are told as this. */
const NOBODY = 'anonymous';
const SESSION = 'hinomi.session';

const named = (record: AnyRecord, field: string): readonly string[] => {
  const value = record[`${SESSION}.${field}`];
  return value === undefined ? [] : Array.isArray(value) ? (value as string[]) : [String(value)];
};

/** What Arkime says of SMB, LDAP, Kerberos and DCE-RPC. */
export const WINDOWS_FIELDS: readonly Field[] = [
  of('smb', 'dialect', dialectOf),
  of('smb', 'share', (record) => record[`${SESSION}.share`]),
  // Where a client of SMB 1 writes a path from the root, ours is below the share, as in SMB 2.
  of('smb', 'filename', fileNamesOf, (name) => String(name).replace(/^\\/, '')),
  of('smb', 'user', (record) => (record['user.name'] === NOBODY ? undefined : record['user.name'])),
  of('smb', 'domain', (record) => record['user.domain']),
  of('smb', 'host', (record) => record['host.name']),
  of('smb', 'os', (record) => named(record, 'client_software')[0]?.split(' / ')[0]),
  of('smb', 'version', (record) => named(record, 'client_software')[0]?.split(' / ')[1]),
  of('ldap', 'authtype', (record) => record[`${SESSION}.auth_method`]),
  of('ldap', 'bindname', (record) => (record['user.name'] === NOBODY ? '<ROOT>' : record['user.name'])),
  of('krb5', 'cname', (record) => record['user.name']),
  of('krb5', 'realm', (record) => record['user.domain']),
  of('krb5', 'sname', (record) => record[`${SESSION}.service`]),
  of('krb5', 'error', (record) => record[`${SESSION}.error`]),
  of('krb5', 'etype', (record) =>
    detailOf(record, 'ciphers')
      ?.split(',')
      .filter((each) => isNamed(each)),
  ),
  of('dcerpc', 'uuid', (record) => detailOf(record, 'uuid')),
  of('dcerpc', 'opnum', (record) => named(record, 'operations').map(Number)),
  of('dcerpc', 'version', (record) => named(record, 'version')[0]?.replace(/\.0$/, '')),
];

function of(
  kind: Kind,
  key: string,
  actual: (record: AnyRecord) => unknown,
  change = (value: unknown) => value,
): Field {
  return {
    suite: `arkime ${kind}`,
    field: key,
    expected: (body: ArkimeBody) => {
      const values = body[kind]?.[key];
      return values === undefined ? undefined : [values].flat().map(change);
    },
    actual: (record) => (record['network.protocol'] === PROTOCOLS[kind] ? actual(record) : undefined),
  };
}

function dialectOf(record: AnyRecord): string | undefined {
  const version = named(record, 'version')[0];
  return version === '1' ? detailOf(record, 'dialect') : version === undefined ? undefined : `SMB ${version}`;
}

function fileNamesOf(record: AnyRecord): readonly string[] {
  return [...named(record, 'file_names'), ...named(record, 'deleted_names'), ...named(record, 'pipe')];
}

/** Ciphers that are of Microsoft alone have numbers below zero; Arkime names none of them. */
function isNamed(cipher: string): boolean {
  return !/^-?\d+$|-old/.test(cipher);
}
