import { decodeSnmp, looksLikeSnmp, type Snmp } from '../../wire/snmp.js';
import { Facts } from '../facts.js';
import { type Conversation, type Protocol, type Session, Verdict } from '../session.js';

/** RFC 3418 2: what a device says of itself. */
const DESCRIPTION = '1.3.6.1.2.1.1.1.0';
const OBJECT_ID = '1.3.6.1.2.1.1.2.0';
const CONTACT = '1.3.6.1.2.1.1.4.0';
const NAME = '1.3.6.1.2.1.1.5.0';
const LOCATION = '1.3.6.1.2.1.1.6.0';
const SYSTEM: ReadonlyMap<string, string> = new Map([
  [DESCRIPTION, 'hinomi.session.server_software'],
  [OBJECT_ID, 'hinomi.snmp.system_object_id'],
  [CONTACT, 'hinomi.snmp.system_contact'],
  [NAME, 'hinomi.session.server_name'],
  [LOCATION, 'hinomi.snmp.system_location'],
]);

/** RFC 3416 3. */
const ERRORS: readonly string[] = [
  'noError',
  'tooBig',
  'noSuchName',
  'badValue',
  'readOnly',
  'genErr',
  'noAccess',
  'wrongType',
  'wrongLength',
  'wrongEncoding',
  'wrongValue',
  'noCreation',
  'inconsistentValue',
  'resourceUnavailable',
  'commitFailed',
  'undoFailed',
  'authorizationError',
  'notWritable',
  'inconsistentName',
];
/** RFC 3414 5: why an engine does not answer, by the object that a report counts. */
const REPORTS: Readonly<Record<string, string>> = {
  '1.3.6.1.6.3.15.1.1.1.0': 'usmStatsUnsupportedSecLevels',
  '1.3.6.1.6.3.15.1.1.2.0': 'usmStatsNotInTimeWindows',
  '1.3.6.1.6.3.15.1.1.3.0': 'usmStatsUnknownUserNames',
  '1.3.6.1.6.3.15.1.1.4.0': 'usmStatsUnknownEngineIDs',
  '1.3.6.1.6.3.15.1.1.5.0': 'usmStatsWrongDigests',
  '1.3.6.1.6.3.15.1.1.6.0': 'usmStatsDecryptionErrors',
};
/** Reports by which two engines get to know each other: nothing failed. RFC 3414 4. */
const DISCOVERY: ReadonlySet<string> = new Set(['usmStatsUnknownEngineIDs', 'usmStatsNotInTimeWindows']);

/** Of requests and of traps. Elsewhere a message must be whole to be taken for one. */
const PORTS: ReadonlySet<number> = new Set([161, 162]);

/** SNMP of every version (RFC 3411 to 3418, RFC 1157): that a community passed, and never which. */
export const SNMP: Protocol = {
  name: 'snmp',
  transport: 'udp',
  datasets: ['session'],
  recognise: (b, start, end, fromPort, toPort) => {
    const isOwnPort = PORTS.has(fromPort) || PORTS.has(toPort);
    return looksLikeSnmp(b, start, end, !isOwnPort) ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new SnmpSession(conversation),
};

class SnmpSession implements Session {
  readonly #facts: Facts;

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
  }

  onBytes(_side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    const message = decodeSnmp(b, start, end);
    if (message === undefined) return 0;
    this.#facts.tellNowAndThen(timeUs);
    this.#facts.at(timeUs);
    this.#onWho(message);
    this.#onWhat(message);
    return 0;
  }

  onEnd(): void {
    this.#facts.tell();
  }

  #onWho(message: Snmp): void {
    const facts = this.#facts;
    facts.set('hinomi.session.version', message.version);
    if (message.isCommunityDefault === undefined) {
      facts.first('user.name', message.user);
      facts.set('hinomi.snmp.engine_id', message.engineId);
      facts.set('hinomi.session.auth_method', `usm-${message.security}`);
      return;
    }
    facts.set('hinomi.session.cleartext_login', true);
    facts.set('hinomi.session.auth_method', 'community');
    // One that is not known to everybody does not make up for one that is.
    if (message.isCommunityDefault) facts.set('hinomi.snmp.community_default', true);
    else facts.first('hinomi.snmp.community_default', false);
  }

  #onWhat(message: Snmp): void {
    const facts = this.#facts;
    facts.add('hinomi.snmp.pdu_types', message.pdu);
    facts.add('hinomi.snmp.traps', message.trapOid);
    if (message.pdu === 'report') this.#onReport(message);
    if (message.pdu !== 'get-response') {
      if (message.isRequest) for (const { name } of message.bindings) facts.add('hinomi.snmp.objects', name);
      return;
    }
    for (const { name, value } of message.bindings) {
      const field = SYSTEM.get(name);
      if (field !== undefined) facts.set(field, value);
    }
    if (message.errorStatus === 0) facts.set('hinomi.session.outcome', 'success');
    else this.#onFailure(ERRORS[message.errorStatus] ?? String(message.errorStatus));
  }

  #onReport({ bindings }: Snmp): void {
    const error = REPORTS[bindings[0]?.name ?? ''];
    if (error !== undefined && !DISCOVERY.has(error)) this.#onFailure(error);
  }

  #onFailure(error: string): void {
    this.#facts.set('hinomi.session.error', error);
    this.#facts.first('hinomi.session.outcome', 'failure');
  }
}
