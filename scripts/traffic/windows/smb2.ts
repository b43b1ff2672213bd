/** Messages of SMB 2 and 3. [MS-SMB2]. */
import { wide } from './login.js';

export interface Smb2Options {
  readonly messageId: number;
  readonly isResponse?: boolean;
  readonly status?: number;
  readonly treeId?: number;
  readonly sessionId?: number;
}

/** 2.1: in front of each message over TCP. RFC 1002 4.3.1. */
export function framed(...messages: readonly Buffer[]): Buffer {
  const b = Buffer.alloc(4);
  b.writeUInt32BE(messages.reduce((sum, each) => sum + each.length, 0));
  return Buffer.concat([b, ...messages]);
}

/** 2.2.1.2. */
export function smb2(command: number, options: Smb2Options, body: Buffer): Buffer {
  const b = Buffer.alloc(64);
  b.set([0xfe, 0x53, 0x4d, 0x42, 64]);
  b.writeUInt32LE(options.status ?? 0, 8);
  b.writeUInt16LE(command, 12);
  b.writeUInt32LE(options.isResponse === true ? 1 : 0, 16);
  b.writeUInt32LE(options.messageId, 24);
  b.writeUInt32LE(options.treeId ?? 0, 36);
  b.writeUInt32LE(options.sessionId ?? 0, 40);
  return Buffer.concat([b, body]);
}

/** 3.2.4.1.4: messages of which each is about what the one in front opened. */
export function chained(...messages: readonly Buffer[]): Buffer {
  const padded = messages.map((message, index) => {
    const isLast = index === messages.length - 1;
    const b = Buffer.concat([message, Buffer.alloc(isLast ? 0 : (8 - (message.length % 8)) % 8)]);
    if (!isLast) b.writeUInt32LE(b.length, 20);
    if (index > 0) b.writeUInt32LE(b.readUInt32LE(16) | 4, 16);
    return b;
  });
  return Buffer.concat(padded);
}

/** A fixed part with offset and length at `at`, and the bytes behind it. */
export function smb2Body(fixedBytes: number, at: number, bytes: Buffer): Buffer {
  const fixed = Buffer.alloc(fixedBytes);
  fixed.writeUInt16LE(64 + fixedBytes, at);
  fixed.writeUInt16LE(bytes.length, at + 2);
  return Buffer.concat([fixed, bytes]);
}

/** 2.2.4. */
export function smb2Terms(dialect: number, isSigningRequired: boolean, cipher = 0): Buffer {
  const fixed = Buffer.alloc(64);
  fixed.writeUInt16LE(isSigningRequired ? 3 : 1, 2);
  fixed.writeUInt16LE(dialect, 4);
  if (cipher === 0) return fixed;
  fixed.writeUInt16LE(1, 6);
  fixed.writeUInt32LE(128, 60);
  return Buffer.concat([fixed, Buffer.of(2, 0, 4, 0, 0, 0, 0, 0, 1, 0, cipher, 0)]);
}

/** 2.2.10. @param type 1 a disk, 2 pipes */
export const smb2TreeAnswer = (type: number): Buffer => Buffer.concat([Buffer.of(16, 0, type, 0), Buffer.alloc(12)]);

/** 2.2.13. */
export function smb2CreateBody(name: string, options = 0): Buffer {
  const body = smb2Body(56, 44, wide(name));
  body.writeUInt32LE(options, 40);
  return body;
}

export const fileId = (number: number): Buffer => Buffer.alloc(16, number);
/** 2.2.14. */
export const smb2CreateAnswer = (number: number): Buffer =>
  Buffer.concat([Buffer.alloc(64), fileId(number), Buffer.alloc(8)]);

/** 2.2.15. */
export const smb2CloseBody = (number: number): Buffer => Buffer.concat([Buffer.alloc(8), fileId(number)]);

/** 2.2.39. @param fileClass [MS-FSCC] 2.4 */
export function smb2SetInfoBody(number: number, fileClass: number, bytes: Buffer): Buffer {
  const fixed = Buffer.alloc(32);
  fixed.set([33, 0, 1, fileClass]);
  fixed.writeUInt32LE(bytes.length, 4);
  fixed.writeUInt16LE(96, 8);
  fileId(number).copy(fixed, 16);
  return Buffer.concat([fixed, bytes]);
}

/** [MS-FSCC] 2.4.37.2. */
export function renameInfo(name: string): Buffer {
  const b = Buffer.alloc(20);
  b.writeUInt32LE(wide(name).length, 16);
  return Buffer.concat([b, wide(name)]);
}

/** 2.2.21. */
export function smb2WriteBody(number: number, bytes: Buffer): Buffer {
  const fixed = Buffer.alloc(48);
  fixed.writeUInt16LE(112, 2);
  fixed.writeUInt32LE(bytes.length, 4);
  fileId(number).copy(fixed, 16);
  return Buffer.concat([fixed, bytes]);
}

/** 2.2.19. */
export function smb2ReadBody(number: number): Buffer {
  const fixed = Buffer.alloc(49);
  fileId(number).copy(fixed, 16);
  return fixed;
}

/** 2.2.20. */
export function smb2ReadAnswer(bytes: Buffer): Buffer {
  const fixed = Buffer.alloc(16);
  fixed[2] = 80;
  fixed.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([fixed, bytes]);
}

const PIPE_TRANSCEIVE = 0x0011c017;
/** 2.2.31 and 2.2.32. */
export function smb2TransceiveBody(number: number, bytes: Buffer, isResponse: boolean): Buffer {
  const fixed = Buffer.alloc(56);
  fixed.writeUInt32LE(PIPE_TRANSCEIVE, 4);
  fileId(number).copy(fixed, 8);
  fixed.writeUInt32LE(120, isResponse ? 32 : 24);
  fixed.writeUInt32LE(bytes.length, isResponse ? 36 : 28);
  return Buffer.concat([fixed, bytes]);
}
