import { optional } from '../optional.js';
import type { Conversation } from '../session.js';

/** What is agreed on in a connection of SMB, and true of everything in it. */
export class SmbFacts {
  readonly conversation: Conversation;
  startUs = 0;
  /** `1`, or the dialect of 2 and 3. */
  version: string | undefined;
  /** Of SMB 1, as the client offered it. */
  dialect: string | undefined;
  cipher: string | undefined;
  signing: string | undefined;
  isSigningRequired = false;
  isEncrypted = false;
  /** Of a NetBIOS session: who calls whom. */
  calledName: string | undefined;
  callingName: string | undefined;
  /** Pipes that are open: without one, reads and writes are passed over. */
  pipes = 0;
  /** Bytes that pipes of this connection hold. */
  readonly held = { bytes: 0 };

  #isSealTold = false;

  constructor(conversation: Conversation) {
    this.conversation = conversation;
  }

  /** That the connection is sealed has not been told: after a login nothing else may be to be seen. */
  get hasUntoldSeal(): boolean {
    return this.isEncrypted && !this.#isSealTold;
  }

  fields(more: readonly string[] = []): Record<string, unknown> {
    this.#isSealTold = this.isEncrypted;
    const details = [
      ...more,
      ...(this.dialect === undefined ? [] : [`dialect=${this.dialect}`]),
      ...(this.isEncrypted ? ['encrypted=true'] : []),
      ...(this.isSigningRequired ? ['signing=required'] : []),
      ...(this.signing === undefined ? [] : [`signing_algorithm=${this.signing}`]),
      ...(this.calledName === undefined ? [] : [`called_name=${this.calledName}`]),
      ...(this.callingName === undefined ? [] : [`calling_name=${this.callingName}`]),
    ];
    return {
      ...optional('hinomi.session.version', this.version),
      ...optional('hinomi.session.cipher', this.cipher),
      ...(details.length === 0 ? {} : { 'hinomi.session.details': details }),
    };
  }

  emit(timeUs: number, fields: Readonly<Record<string, unknown>>): void {
    this.conversation.emit('session', timeUs, fields, 'smb');
  }
}
