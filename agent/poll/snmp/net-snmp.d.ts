/** Of `net-snmp` 3, which brings no types: what is used of it, and no more. */
declare module 'net-snmp' {
  import type { Socket } from 'node:dgram';
  import type { EventEmitter } from 'node:events';

  export interface Varbind {
    readonly oid: string;
    readonly type: number;
    readonly value: unknown;
  }
  export interface Options {
    readonly port: number;
    readonly version: number;
    readonly transport: 'udp4' | 'udp6';
    readonly timeout: number;
    readonly retries: number;
    readonly backwardsGetNexts: boolean;
    readonly reportOidMismatchErrors: boolean;
  }
  export interface User {
    readonly name: string;
    readonly level: number;
    readonly authProtocol?: number;
    readonly authKey?: string;
    readonly privProtocol?: number;
    readonly privKey?: string;
  }
  type Callback<T> = (error: Error | null, varbinds: T) => void;
  export interface Session extends EventEmitter {
    readonly dgram: Socket;
    onMsg(buffer: Buffer): void;
    get(oids: readonly string[], callback: Callback<Varbind[]>): void;
    getBulk(oids: readonly string[], nonRepeaters: number, repetitions: number, callback: Callback<Varbind[][]>): void;
    close(): void;
  }
  const snmp: {
    createSession(target: string, community: string, options: Options): Session;
    createV3Session(target: string, user: User, options: Options): Session;
    readonly Version2c: number;
    readonly Version3: number;
    readonly SecurityLevel: Readonly<Record<'noAuthNoPriv' | 'authNoPriv' | 'authPriv', number>>;
    readonly AuthProtocols: Readonly<Record<string, number>>;
    readonly PrivProtocols: Readonly<Record<string, number>>;
    readonly ObjectType: Readonly<Record<string, number>>;
    readonly ResponseInvalidCode: Readonly<Record<string, number>>;
  };
  export default snmp;
}
