import { expect, test } from 'vitest';
import { flawOfRecord } from '../../../protocol/records/records.js';
import { cdpFrame, cdpMessage, lldpFrame, lldpMessage } from '../../../scripts/traffic/neighbours.js';
import { ethernet } from '../../../scripts/traffic/packet.js';
import { recordsOf } from '../../../scripts/traffic/records.js';
import { Frame, Neighbour } from '../wire/frame.js';
import { Assets } from './assets.js';

const MAC = '02:00:00:00:00:09';
const START_US = 1_700_000_000e6;
const HOUR_US = 3_600e6;

function heard(...steps: readonly (readonly [afterUs: number, bytes: Buffer])[]) {
  return recordsOf(steps.map(([afterUs, bytes]) => ({ timeUs: START_US + afterUs, bytes })));
}
const said = (name: string, ttlS?: number): Buffer => lldpFrame(MAC, lldpMessage(MAC, name, ttlS));

test('a switch is told when it is new, with what it says', () => {
  expect(heard([0, said('sw1')])).toMatchObject([
    {
      'event.kind': 'asset',
      'event.dataset': 'asset',
      'event.action': 'new',
      'host.name': 'sw1',
      'host.mac': [MAC],
      'host.ip': ['192.168.1.2'],
      'host.type': 'switch',
      'hinomi.asset.evidence': ['lldp'],
      'hinomi.asset.port_id': 'Gi0/3',
      'hinomi.asset.port_description': 'to the box',
      'hinomi.asset.vlan': 10,
      'hinomi.asset.vlans': ['10 office'],
      'hinomi.asset.serial_number': 'SN-0001',
      'hinomi.asset.ttl_s': 120,
    },
  ]);
});

test('CDP below LLC and SNAP, and LLDP in a VLAN', () => {
  expect(heard([0, cdpFrame(MAC, cdpMessage('sw2'))])).toMatchObject([
    { 'host.name': 'sw2', 'hinomi.asset.evidence': ['cdp'], 'host.ip': ['192.168.1.3', '2001:db8::3'] },
  ]);
  const host = { mac: MAC, ip: '192.168.1.2' };
  expect(heard([0, ethernet(host, host, 0x88cc, lldpMessage(MAC, 'sw1'), [7])])).toHaveLength(1);
});

test('it is told again when it changes, after an hour, and when it says goodbye', () => {
  const records = heard(
    [0, said('sw1')],
    [30e6, said('sw1')],
    [60e6, said('sw1-new')],
    [90e6, said('sw1-new')],
    [60e6 + HOUR_US, said('sw1-new')],
    [70e6 + HOUR_US, said('sw1-new', 0)],
  );
  expect(records.map((record) => [record['event.action'], record['host.name']])).toEqual([
    ['new', 'sw1'],
    ['changed', 'sw1-new'],
    ['seen', 'sw1-new'],
    ['gone', 'sw1-new'],
  ]);
  expect(records[2]).toMatchObject({ 'hinomi.asset.first_seen': '2023-11-14T22:13:20.000000Z' });
});

test('what is none is counted as before', () => {
  expect(heard([0, lldpFrame(MAC, Buffer.alloc(40))])).toEqual([]);
});

test('somebody who makes devices up fills neither the table nor the disk', () => {
  const records: string[] = [];
  let untold = 0;
  const assets = new Assets({ emit: (json) => records.push(json), onUntold: () => untold++ });
  const frame = new Frame();
  for (let index = 0; index < 5_000; index++) {
    const message = lldpMessage(
      `02:00:00:00:${(index >> 8).toString(16).padStart(2, '0')}:${(index & 255).toString(16).padStart(2, '0')}`,
      'x',
    );
    frame.reset(message.length);
    frame.neighbourStart = 0;
    frame.neighbour = Neighbour.Lldp;
    assets.onFrame(frame, message, message.length, START_US + index);
  }
  expect(records).toHaveLength(120);
  expect(records.map((json) => flawOfRecord(JSON.parse(json)))).not.toContainEqual(expect.any(String));
  expect(assets.count).toBe(2_048);
  expect(assets.evicted).toBe(5_000 - 2_048);
  expect(untold).toBe(5_000 - 120);
});

test('all that are known are told once more when somebody asks, in portions', () => {
  const told: Record<string, unknown>[] = [];
  const assets = new Assets({ emit: (json) => told.push(JSON.parse(json)), onUntold: () => {} });
  const frame = new Frame();
  frame.neighbour = Neighbour.Lldp;
  for (let count = 0; count < 100; count++) {
    const mac = `02:00:00:00:01:${count.toString(16).padStart(2, '0')}`;
    const message = lldpMessage(mac, `sw${count}`);
    frame.neighbourStart = 0;
    frame.sourceMac = -1;
    assets.onFrame(frame, message, message.length, START_US + count * 1e6);
  }
  told.length = 0;
  assets.tick(START_US + HOUR_US);
  expect(told).toEqual([]);
  expect(assets.retell()).toBe(100);
  assets.tick(START_US + HOUR_US);
  expect(told.length).toBeLessThan(100);
  for (let count = 0; count < 10; count++) assets.tick(START_US + HOUR_US);
  expect(told.map((record) => record['host.name'])).toEqual(Array.from({ length: 100 }, (_, index) => `sw${index}`));
  expect(told[7]).toMatchObject({
    '@timestamp': '2023-11-14T23:13:20.000000Z',
    'event.action': 'seen',
    'hinomi.asset.first_seen': '2023-11-14T22:13:27.000000Z',
    'hinomi.asset.last_seen': '2023-11-14T22:13:27.000000Z',
  });
  for (const record of told) expect(flawOfRecord(record)).toBeUndefined();
});
