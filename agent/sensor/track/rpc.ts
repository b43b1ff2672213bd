import {
  RPC_CALL_BYTES,
  RPC_HEADER_BYTES,
  type RpcContext,
  type RpcHeader,
  RpcKind,
  readRpcHeader,
  rpcAuth,
  rpcAuthName,
  rpcBindAnswer,
  rpcCall,
  rpcContexts,
  rpcFault,
  rpcFaultName,
  rpcLevelName,
  rpcRefusal,
} from '../wire/dcerpc.js';
import { readNetlogonClient } from '../wire/netlogon.js';
import { GssLogin } from './gss-login.js';
import { optional } from './optional.js';
import { RpcUse } from './rpc-use.js';
import type { Conversation } from './session.js';

const USES_MAX = 64;
const CONTEXTS_MAX = 256;
const WAITING_MAX = 256;
const NETLOGON = 68;
const ACCEPTED = 0;
/** [MS-RPCE] 2.2.2.4: an answer about features of the connection, not about an interface. */
const NEGOTIATED = 3;

/** One association of DCE-RPC, over TCP or on a named pipe: which interfaces are used, by whom, and which operations. */
export class Rpc {
  readonly #conversation: Conversation;
  readonly #pipe: string | undefined;
  /** Who has opened the pipe. */
  readonly #caller: Readonly<Record<string, unknown>>;
  readonly #uses = new Map<string, RpcUse>();
  readonly #byContext = new Map<number, RpcUse>();
  /** Of binds that wait for their answer, by call. */
  readonly #asked = new Map<number, readonly RpcContext[]>();
  #login: GssLogin | undefined;
  readonly #auth: Record<string, unknown> = {};
  #level: string | undefined;
  #address: string | undefined;

  constructor(conversation: Conversation, pipe?: string, caller: Readonly<Record<string, unknown>> = {}) {
    this.#conversation = conversation;
    this.#pipe = pipe;
    this.#caller = caller;
  }

  /** @returns bytes used, more than there are when the rest of a call is not wanted; -1 when this is no DCE-RPC */
  onBytes(b: Buffer, start: number, end: number, timeUs: number): number {
    let at = start;
    while (end - at >= RPC_HEADER_BYTES) {
      const header = readRpcHeader(b, at);
      if (header === undefined) return -1;
      if (end - at < neededBytes(header)) break;
      this.#onMessage(header, b, at, timeUs);
      at += header.bytes;
    }
    return at - start;
  }

  onEnd(timeUs: number): void {
    this.#login?.tell(this.#conversation, timeUs, 'unknown');
    for (const use of this.#uses.values()) this.#tell(use);
    this.#uses.clear();
    this.#byContext.clear();
  }

  #onMessage(header: RpcHeader, b: Buffer, at: number, timeUs: number): void {
    const end = at + header.bytes;
    switch (header.kind) {
      case RpcKind.Bind:
      case RpcKind.AlterContext:
        this.#onBind(header, b, at, timeUs);
        break;
      case RpcKind.BindAck:
      case RpcKind.AlterContextResponse:
        this.#onBindAnswer(header, b, at, end);
        break;
      case RpcKind.BindNak:
        this.#onRefusal(header, b, at, timeUs);
        return;
      case RpcKind.Auth3:
        break;
      case RpcKind.Request:
        if (header.isFirst && header.bytes >= 24) this.#onRequest(header, b, at, timeUs);
        return;
      case RpcKind.Response:
        this.#login?.tell(this.#conversation, timeUs, 'success');
        return;
      case RpcKind.Fault:
        this.#onFault(header, b, at, timeUs);
        return;
      default:
        return;
    }
    this.#onAuth(header, b, end, timeUs);
  }

  #onBind(header: RpcHeader, b: Buffer, at: number, timeUs: number): void {
    const contexts = rpcContexts(b, at, at + header.bytes, header.isBigEndian);
    if (this.#asked.size < WAITING_MAX) this.#asked.set(header.callId, contexts);
    for (const context of contexts) {
      const key = `${context.uuid} ${context.version}`;
      const known = this.#uses.get(key);
      if (known === undefined && this.#uses.size >= USES_MAX) continue;
      const use = known ?? new RpcUse(context, timeUs);
      this.#uses.set(key, use);
      this.#place(context.id, use);
    }
  }

  #onBindAnswer(header: RpcHeader, b: Buffer, at: number, end: number): void {
    const { address, results } = rpcBindAnswer(b, at, end, header.isBigEndian);
    if (address !== '') this.#address ??= address;
    const contexts = this.#asked.get(header.callId) ?? [];
    this.#asked.delete(header.callId);
    contexts.forEach(({ id }, index) => {
      const result = results[index];
      const use = this.#byContext.get(id);
      if (result === ACCEPTED) use?.onAccepted();
      else if (result !== undefined && result !== NEGOTIATED) use?.onRefused();
    });
  }

  /** A bind is refused as a whole. */
  #onRefusal(header: RpcHeader, b: Buffer, at: number, timeUs: number): void {
    const reason = header.bytes >= 18 ? rpcRefusal(b, at, header.isBigEndian) : 'reason_not_specified';
    for (const { id } of this.#asked.get(header.callId) ?? []) this.#byContext.get(id)?.onRefused(reason);
    this.#asked.delete(header.callId);
    this.#login?.tell(this.#conversation, timeUs, 'failure', reason);
  }

  #onRequest(header: RpcHeader, b: Buffer, at: number, timeUs: number): void {
    const { context, operation } = rpcCall(b, at, header.isBigEndian);
    const use = this.#byContext.get(context) ?? this.#unbound(context, timeUs);
    if (use?.isDue(timeUs) === true) this.#tell(use);
    use?.onRequest(operation, timeUs);
  }

  #onFault(header: RpcHeader, b: Buffer, at: number, timeUs: number): void {
    if (header.bytes < RPC_CALL_BYTES) return;
    const name = rpcFaultName(rpcFault(b, at, header.isBigEndian));
    this.#byContext.get(rpcCall(b, at, header.isBigEndian).context)?.onFault(name);
    this.#login?.tell(this.#conversation, timeUs, name === 'ERROR_ACCESS_DENIED' ? 'failure' : 'success', name);
  }

  /** The bind passed before we came. */
  #unbound(context: number, timeUs: number): RpcUse | undefined {
    if (this.#uses.size >= USES_MAX) return undefined;
    const use = new RpcUse(undefined, timeUs);
    this.#uses.set(`context ${context}`, use);
    this.#place(context, use);
    return use;
  }

  #place(context: number, use: RpcUse): void {
    if (this.#byContext.size < CONTEXTS_MAX || this.#byContext.has(context)) this.#byContext.set(context, use);
  }

  #onAuth(header: RpcHeader, b: Buffer, end: number, timeUs: number): void {
    const auth = rpcAuth(b, header, end);
    if (auth === undefined) return;
    this.#level = rpcLevelName(auth.level);
    this.#auth['hinomi.session.auth_method'] = rpcAuthName(auth.type);
    if (auth.type === NETLOGON) {
      const client = readNetlogonClient(b, auth.start, auth.end);
      Object.assign(this.#auth, optional('user.domain', client?.domain), optional('host.name', client?.host));
      return;
    }
    this.#login ??= new GssLogin('dce_rpc');
    this.#login.onToken(b, auth.start, auth.end, timeUs);
  }

  #tell(use: RpcUse): void {
    const details = [
      ...(this.#level === undefined ? [] : [`level=${this.#level}`]),
      ...(this.#address === undefined ? [] : [`address=${this.#address}`]),
    ];
    const common = {
      ...this.#caller,
      ...this.#auth,
      ...this.#login?.fields(),
      ...(this.#pipe === undefined ? {} : { 'hinomi.session.pipe': this.#pipe }),
    };
    use.tell(this.#conversation, common, details);
  }
}

/** Of a call the head is enough; what shows who calls has to be there whole. */
function neededBytes({ kind, bytes }: RpcHeader): number {
  if (kind === RpcKind.Request || kind === RpcKind.Fault) return Math.min(bytes, RPC_CALL_BYTES);
  const isRead =
    kind === RpcKind.Bind ||
    kind === RpcKind.BindAck ||
    kind === RpcKind.BindNak ||
    kind === RpcKind.AlterContext ||
    kind === RpcKind.AlterContextResponse ||
    kind === RpcKind.Auth3;
  return isRead ? bytes : RPC_HEADER_BYTES;
}
