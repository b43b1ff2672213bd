/** Messages of connection-oriented DCE-RPC. C706 12.6. */

const NDR = uuidBytes('8a885d04-1ceb-11c9-9fe8-08002b104860', false);

export interface RpcOptions {
  readonly isBigEndian?: boolean;
  readonly callId?: number;
  readonly auth?: { readonly type: number; readonly token: Buffer };
  /** First and last fragment: 3. */
  readonly flags?: number;
}

function message(kind: number, body: Buffer, options: RpcOptions = {}): Buffer {
  const { isBigEndian = false, callId = 1, auth, flags = 3 } = options;
  const trailer =
    auth === undefined ? Buffer.alloc(0) : Buffer.concat([Buffer.of(auth.type, 6, 0, 0, 0, 0, 0, 0), auth.token]);
  const b = Buffer.alloc(16);
  b.set([5, 0, kind, flags, isBigEndian ? 0 : 0x10, 0, 0, 0]);
  word(b, 16 + body.length + trailer.length, 8, isBigEndian);
  word(b, auth?.token.length ?? 0, 10, isBigEndian);
  if (isBigEndian) b.writeUInt32BE(callId, 12);
  else b.writeUInt32LE(callId, 12);
  return Buffer.concat([b, body, trailer]);
}

/** 12.6.4.3. @param kind 11 a bind, 14 another context */
export function rpcBind(uuids: readonly string[], options: RpcOptions = {}, kind = 11): Buffer {
  const isBigEndian = options.isBigEndian === true;
  const head = Buffer.alloc(12);
  head[8] = uuids.length;
  const elements = uuids.map((uuid, index) => {
    const b = Buffer.alloc(4);
    word(b, index, 0, isBigEndian);
    b[2] = 1;
    return Buffer.concat([b, uuidBytes(uuid, isBigEndian), version(1, isBigEndian), NDR, version(2, isBigEndian)]);
  });
  return message(kind, Buffer.concat([head, ...elements]), options);
}

/** 12.6.4.4. @param results of each context: 0 accepts */
export function rpcBindAck(results: readonly number[], options: RpcOptions = {}, kind = 12): Buffer {
  const isBigEndian = options.isBigEndian === true;
  const address = Buffer.from('135\0');
  const head = Buffer.alloc(10);
  word(head, address.length, 8, isBigEndian);
  const padding = Buffer.alloc(2);
  const list = results.map((result) => {
    const b = Buffer.alloc(4);
    word(b, result, 0, isBigEndian);
    return Buffer.concat([b, NDR, version(2, isBigEndian)]);
  });
  return message(kind, Buffer.concat([head, address, padding, Buffer.of(results.length, 0, 0, 0), ...list]), options);
}

/** 12.6.4.5. */
export function rpcBindNak(reason: number, options: RpcOptions = {}): Buffer {
  const b = Buffer.alloc(3);
  word(b, reason, 0, options.isBigEndian === true);
  return message(13, b, options);
}

/** 12.6.4.9. */
export function rpcRequest(context: number, operation: number, stubBytes: number, options: RpcOptions = {}): Buffer {
  const b = Buffer.alloc(8 + stubBytes, 0x5a);
  b.fill(0, 0, 8);
  word(b, context, 4, options.isBigEndian === true);
  word(b, operation, 6, options.isBigEndian === true);
  return message(0, b, options);
}

/** 12.6.4.10. */
export function rpcResponse(context: number, stubBytes: number, options: RpcOptions = {}): Buffer {
  const b = Buffer.alloc(8 + stubBytes, 0x5b);
  b.fill(0, 0, 8);
  word(b, context, 4, options.isBigEndian === true);
  return message(2, b, options);
}

/** 12.6.4.7. */
export function rpcFault(context: number, status: number, options: RpcOptions = {}): Buffer {
  const b = Buffer.alloc(16);
  word(b, context, 4, options.isBigEndian === true);
  if (options.isBigEndian === true) b.writeUInt32BE(status, 8);
  else b.writeUInt32LE(status, 8);
  return message(3, b, options);
}

/** [MS-RPCE] 2.2.2.5. */
export const rpcAuth3 = (options: RpcOptions): Buffer => message(16, Buffer.alloc(4), options);

function version(major: number, isBigEndian: boolean): Buffer {
  const b = Buffer.alloc(4);
  word(b, major, 0, isBigEndian);
  return b;
}

function uuidBytes(uuid: string, isBigEndian: boolean): Buffer {
  const b = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  if (isBigEndian) return b;
  b.subarray(0, 4).reverse();
  b.subarray(4, 6).reverse();
  b.subarray(6, 8).reverse();
  return b;
}

function word(b: Buffer, value: number, at: number, isBigEndian: boolean): void {
  if (isBigEndian) b.writeUInt16BE(value, at);
  else b.writeUInt16LE(value, at);
}
