import type { RpcContext } from '../wire/dcerpc.js';
import { rpcInterfaceName, rpcOperationName } from '../wire/rpc-interfaces.js';
import type { Conversation } from './session.js';

const OPERATIONS_MAX = 64;
/** A connection may last for days: what was done in it is told while it does. */
const TELL_AFTER_US = 900e6;

/** One interface of one association, and what is called of it. */
export class RpcUse {
  readonly #context: RpcContext | undefined;
  readonly #operations = new Set<string>();
  #startUs: number;
  #requests = 0;
  #faults = 0;
  #error: string | undefined;
  #isAccepted = false;
  #refusal: string | undefined;
  #isTold = false;

  /** @param context undefined when its bind was not seen */
  constructor(context: RpcContext | undefined, startUs: number) {
    this.#context = context;
    this.#startUs = startUs;
  }

  onAccepted(): void {
    this.#isAccepted = true;
  }

  onRefused(reason = 'provider_rejection'): void {
    this.#refusal = reason;
  }

  onRequest(operation: number, timeUs: number): void {
    if (this.#requests === 0 && this.#isTold) this.#startUs = timeUs;
    this.#requests += 1;
    if (this.#operations.size < OPERATIONS_MAX) {
      this.#operations.add(rpcOperationName(this.#context?.uuid, operation));
    }
  }

  onFault(name: string): void {
    this.#faults += 1;
    this.#error ??= name;
  }

  /** Whether what it has to say has waited long enough. */
  isDue(timeUs: number): boolean {
    return this.#requests > 0 && timeUs - this.#startUs > TELL_AFTER_US;
  }

  /** Tells what has been done since the last time; then it begins anew. */
  tell(conversation: Conversation, fields: Readonly<Record<string, unknown>>, more: readonly string[]): void {
    if (this.#isTold && this.#requests === 0) return;
    const details = [
      ...(this.#context === undefined ? [] : [`uuid=${this.#context.uuid}`]),
      `requests=${this.#requests}`,
      ...(this.#faults === 0 ? [] : [`faults=${this.#faults}`]),
      ...more,
    ];
    conversation.emit(
      'session',
      this.#startUs,
      {
        ...this.#outcome(),
        ...fields,
        ...(this.#context === undefined
          ? {}
          : {
              'hinomi.session.service': rpcInterfaceName(this.#context.uuid),
              'hinomi.session.version': this.#context.version,
            }),
        ...(this.#operations.size === 0 ? {} : { 'hinomi.session.operations': [...this.#operations] }),
        'hinomi.session.details': details,
      },
      'dce_rpc',
    );
    this.#isTold = true;
    this.#requests = 0;
    this.#faults = 0;
    this.#error = undefined;
    this.#operations.clear();
  }

  #outcome(): Record<string, unknown> {
    const isRefused = this.#refusal !== undefined && !this.#isAccepted && this.#requests === 0;
    const error = isRefused ? this.#refusal : this.#error;
    const isGood = this.#isAccepted && (this.#requests === 0 || this.#faults < this.#requests);
    return {
      'hinomi.session.outcome': isRefused || (!isGood && this.#faults > 0) ? 'failure' : isGood ? 'success' : 'unknown',
      ...(error === undefined ? {} : { 'hinomi.session.error': error }),
    };
  }
}
