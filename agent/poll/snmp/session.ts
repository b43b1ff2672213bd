import snmp, { type Options, type Session, type User } from 'net-snmp';
import type { Target } from '../config.js';
import type { Reason } from '../reasons.js';

export type SnmpTarget = NonNullable<Target['snmp']>;

/** Asked again so often, each in an equal part of the time that there is. */
const RETRIES = 2;
const { ResponseInvalidCode } = snmp;
const PASSWORD_CODES: ReadonlySet<number | undefined> = new Set([
  ResponseInvalidCode['EAuthFailure'],
  ResponseInvalidCode['ECouldNotDecrypt'],
  ResponseInvalidCode['ECommunityNoMatch'],
]);
const REFUSED_NAMES = new Set(['RequestFailedError']);

/** The secret of that name, or undefined when there is none. */
export type SecretReader = (name: string) => string | undefined;

/** Undefined when a secret is missing. */
export function openSession(
  target: SnmpTarget,
  address: string,
  timeoutMs: number,
  secret: SecretReader,
): Session | undefined {
  const options: Options = {
    port: target.port,
    version: target.version === '3' ? snmp.Version3 : snmp.Version2c,
    transport: address.includes(':') ? 'udp6' : 'udp4',
    timeout: Math.max(100, Math.floor(timeoutMs / (RETRIES + 1))),
    retries: RETRIES,
    // Our own walk looks at both, and does not need the texts of the library.
    backwardsGetNexts: true,
    reportOidMismatchErrors: false,
  };
  if (target.version === '2c') {
    const community = target.communitySecret === undefined ? undefined : secret(target.communitySecret);
    return community === undefined ? undefined : snmp.createSession(address, community, options);
  }
  const user = userOf(target, secret);
  return user === undefined ? undefined : snmp.createV3Session(address, user, options);
}

function userOf(target: SnmpTarget, secret: SecretReader): User | undefined {
  const { user = '', authSecret, privacySecret } = target;
  if (authSecret === undefined) return { name: user, level: snmp.SecurityLevel.noAuthNoPriv };
  const authKey = secret(authSecret);
  const authProtocol = snmp.AuthProtocols[target.authProtocol];
  if (authKey === undefined || authProtocol === undefined) return undefined;
  const auth = { name: user, authProtocol, authKey };
  if (privacySecret === undefined) return { ...auth, level: snmp.SecurityLevel.authNoPriv };
  const privKey = secret(privacySecret);
  const privProtocol = snmp.PrivProtocols[target.privacyProtocol];
  if (privKey === undefined || privProtocol === undefined) return undefined;
  return { ...auth, level: snmp.SecurityLevel.authPriv, privProtocol, privKey };
}

/**
 * By the class and code of the library's error. Its text is never used: it has the community in it, and one
 * of its errors carries the user with his keys.
 */
export function reasonOfSnmp(error: Error): Reason {
  const { name, code, status } = error as { name?: string; code?: unknown; status?: unknown };
  if (name === 'RequestTimedOutError') return 'timeout';
  if (name === 'ResponseInvalidError') return PASSWORD_CODES.has(code as number) ? 'auth-failed' : 'malformed';
  if (name !== undefined && REFUSED_NAMES.has(name)) return status === 16 ? 'auth-failed' : 'server-failed';
  if (code === 'ECONNREFUSED') return 'refused';
  return typeof code === 'string' && /UNREACH|EINVAL|EADDRNOTAVAIL/.test(code) ? 'unreachable' : 'failed';
}
