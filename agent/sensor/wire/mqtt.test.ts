import { expect, test } from 'vitest';
import { decodeHostile } from '../../../scripts/traffic/hostile.js';
import { mqtt, mqttConnect, mqttSubscribe } from '../../../scripts/traffic/services.js';
import { decodeMqttConnect, type MqttPacket, mqttFilters, mqttPacket } from './mqtt.js';

const packetOf = (b: Buffer): MqttPacket => mqttPacket(b, 0, b.length) as MqttPacket;
const connectOf = (b: Buffer) => decodeMqttConnect(b, packetOf(b).start, b.length);

test.each([
  [3, '3.1'],
  [4, '3.1.1'],
  [5, '5.0'],
] as const)('a CONNECT of level %i: all but the words of the will and the password', (level, version) => {
  const login = {
    clientId: 'sensor-1',
    will: ['office/gone', 'geheim'],
    user: 'hanako',
    password: 'geheim99',
  } as const;
  const connect = connectOf(mqttConnect({ level, ...login }));
  expect(connect).toEqual({
    level,
    version,
    clientId: 'sensor-1',
    keepAliveS: 60,
    willTopic: 'office/gone',
    user: 'hanako',
    hasPassword: true,
  });
  expect(connectOf(mqttConnect({ level, clientId: '' }))).toMatchObject({
    clientId: '',
    user: undefined,
    hasPassword: false,
  });
});

test('a length of up to four bytes', () => {
  for (const bytes of [0, 127, 128, 16_383, 16_384]) {
    const b = mqtt(3, 0, Buffer.alloc(bytes));
    expect(packetOf(b)).toMatchObject({ type: 3, end: b.length });
    expect(mqttPacket(b, 0, 1)).toBe('more');
  }
  expect(mqttPacket(Buffer.of(0x30, 0xff, 0xff, 0xff, 0xff, 0x01), 0, 6)).toBeUndefined();
  expect(mqttPacket(Buffer.of(0x00, 0x00), 0, 2)).toBeUndefined();
});

test('filters stand behind the properties of 5.0', () => {
  const properties = Buffer.of(2, 0x0b, 9);
  const b = mqtt(8, 2, Buffer.of(0, 1), properties, Buffer.of(0, 3), Buffer.from('a/#'), Buffer.of(1));
  expect(mqttFilters(b, packetOf(b).start, b.length, 5)).toEqual(['a/#']);
});

test('no more than 32 filters of a SUBSCRIBE', () => {
  const b = mqttSubscribe(...Array.from({ length: 40 }, (_, index) => `topic/${index}/#`));
  expect(mqttFilters(b, packetOf(b).start, b.length, 4)).toHaveLength(32);
});

test('cut anywhere, lying anywhere', () => {
  const login = { clientId: 'sensor-1', will: ['a/b', 'c'], user: 'hanako', password: 'x' } as const;
  for (const level of [4, 5] as const) {
    decodeHostile(decodeMqttConnect, mqttConnect({ level, ...login }).subarray(2));
    decodeHostile((b, start, end) => mqttFilters(b, start, end, level), mqttSubscribe('a/b', 'c/#').subarray(2));
  }
  decodeHostile(mqttPacket, mqttSubscribe('a'));
});
