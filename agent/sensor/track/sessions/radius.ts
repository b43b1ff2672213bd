import { decodeRadius, looksLikeRadius, type Radius } from '../../wire/radius.js';
import { optional } from '../optional.js';
import { type Conversation, type Protocol, type Session, Verdict } from '../session.js';

/** Of authentication and accounting, old and new, and of changes. */
const PORTS: ReadonlySet<number> = new Set([1812, 1813, 1645, 1646, 3799]);
/** RFC 2865 3: an identifier has a byte. */
const PENDING_MAX = 256;
/** What says how a login ended. */
const OUTCOMES: Readonly<Record<string, string>> = {
  'access-accept': 'success',
  'access-reject': 'failure',
  'accounting-response': 'success',
  'disconnect-ack': 'success',
  'disconnect-nak': 'failure',
  'coa-ack': 'success',
  'coa-nak': 'failure',
};
/** Users of whom it is remembered that they are there. */
const USERS_MAX = 256;

/** RADIUS (RFC 2865, RFC 2866): who wants in where, and whether they were let in. Never what proves them. */
export const RADIUS: Protocol = {
  name: 'radius',
  transport: 'udp',
  datasets: ['session'],
  recognise: (b, start, end, fromPort, toPort) => {
    const isOwnPort = PORTS.has(fromPort) || PORTS.has(toPort);
    return isOwnPort && looksLikeRadius(b, start, end) ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new RadiusSession(conversation),
};

interface Pending {
  readonly request: Radius;
  readonly timeUs: number;
}

/** One record for each login, however many rounds it took. */
class RadiusSession implements Session {
  readonly #conversation: Conversation;
  readonly #pending = new Map<number, Pending>();
  readonly #users = new Set<string>();

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  onBytes(_side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    const message = decodeRadius(b, start, end);
    if (message === undefined) return 0;
    if (message.code.endsWith('-request')) this.#onRequest(message, timeUs);
    else this.#onAnswer(message, timeUs);
    return 0;
  }

  onEnd(): void {
    for (const { request, timeUs } of this.#pending.values()) this.#tell(request, undefined, timeUs);
    this.#pending.clear();
  }

  /** One that is sent again is the same. */
  #onRequest(request: Radius, timeUs: number): void {
    // That somebody is still there is told once.
    if (request.accounting === 'interim' && this.#users.has(userOf(request))) return;
    const known = this.#pending.get(request.id);
    const isAgain = known?.request.user === request.user && known?.request.code === request.code;
    if (known !== undefined && !isAgain) this.#tell(known.request, undefined, known.timeUs);
    if (this.#pending.size < PENDING_MAX || known !== undefined)
      this.#pending.set(request.id, isAgain && known !== undefined ? known : { request, timeUs });
  }

  #onAnswer(answer: Radius, timeUs: number): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    // Of a challenge the next request is the continuation.
    if (answer.code === 'access-challenge' || answer.code === 'status-server') return;
    if (answer.code === 'accounting-response' && pending === undefined) return;
    this.#tell(pending?.request, answer, pending?.timeUs ?? timeUs);
  }

  #tell(request: Radius | undefined, answer: Radius | undefined, timeUs: number): void {
    if (request?.accounting !== undefined && this.#users.size < USERS_MAX) this.#users.add(userOf(request));
    const code = request?.code ?? answer?.code ?? '';
    const operation = request?.accounting === undefined ? code : `accounting-${request.accounting}`;
    this.#conversation.emit('session', timeUs, {
      'hinomi.session.outcome': OUTCOMES[answer?.code ?? ''] ?? 'unknown',
      'hinomi.session.operation': operation,
      ...optional('user.name', request?.user ?? answer?.user),
      ...optional('hinomi.session.auth_method', request?.method),
      ...optional('hinomi.radius.nas_ip', request?.nasIp),
      ...optional('hinomi.radius.nas_name', request?.nasName),
      ...optional('hinomi.radius.framed_ip', answer?.framedIp ?? request?.framedIp),
      ...optional('hinomi.radius.called_station', request?.called),
      ...optional('hinomi.radius.calling_station', request?.calling),
      ...optional('hinomi.radius.tunnel_client', request?.tunnelClient),
      ...optional('hinomi.radius.connect_info', request?.connectInfo),
      ...optional('hinomi.radius.reply', answer?.reply),
    });
  }
}

function userOf({ user, calling }: Radius): string {
  return `${user ?? ''} ${calling ?? ''}`;
}
