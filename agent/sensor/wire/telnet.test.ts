import { expect, test } from 'vitest';
import { decodeHostile } from '../../../scripts/traffic/hostile.js';
import { telnetOption, telnetSub } from '../../../scripts/traffic/services.js';
import { beginsTelnet, readTelnet } from './telnet.js';

const read = (...parts: readonly Buffer[]) => {
  const b = Buffer.concat(parts);
  return readTelnet(b, 0, b.length, 100);
};

test('commands are taken out of the text', () => {
  const piece = read(Buffer.from('log'), telnetOption('do', 24), telnetOption('will', 1), Buffer.from('in: '));
  expect(piece).toMatchObject({ text: 'login: ', options: ['terminal-type', 'echo'], used: 13 });
});

test('the terminal, and the user of the environment or of an authentication', () => {
  expect(read(telnetSub(24, Buffer.from('\0XTERM'))).terminalType).toBe('XTERM');
  expect(read(telnetSub(39, Buffer.from('\0\0LANG\x01ja\0USER\x01hanako'))).user).toBe('hanako');
  expect(read(telnetSub(37, Buffer.from('\x03taro'))).user).toBe('taro');
  expect(read(telnetSub(37, Buffer.from('\x03'))).user).toBeUndefined();
});

test('a command that is not all there waits, unless it never ends', () => {
  expect(read(Buffer.from('a'), Buffer.of(255, 253)).used).toBe(1);
  expect(read(Buffer.of(255, 250, 24, 0, 65)).used).toBe(0);
  expect(read(Buffer.concat([Buffer.of(255, 250, 24), Buffer.alloc(2_000, 65)])).used).toBe(2_003);
});

test('no more text than is asked for', () => {
  expect(read(Buffer.alloc(1_000, 65)).text).toHaveLength(100);
});

test('what begins so is a negotiation', () => {
  for (const one of [Buffer.of(255, 251, 3), Buffer.of(255, 250, 37)]) expect(beginsTelnet(one, 0, 3)).toBe(true);
  for (const other of [Buffer.of(255, 251, 99), Buffer.of(255, 216, 255), Buffer.of(255, 251)])
    expect(beginsTelnet(other, 0, other.length)).toBe(false);
});

test('cut anywhere, lying anywhere', () => {
  const message = Buffer.concat([
    telnetOption('do', 24),
    telnetSub(39, Buffer.from('\0\0USER\x01x')),
    Buffer.from('a'),
  ]);
  decodeHostile((b, start, end) => readTelnet(b, start, end, 100), message);
});
