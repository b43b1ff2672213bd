import { expect, test } from 'vitest';
import { redact } from './redact.js';

test('secrets are found by their keys, by what they look like, and by being known', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----';
  const dirty = {
    password: 'hunter2-a',
    snmp: { community: 'hunter2-b' },
    url: 'mqtts://box:hunter2-c@collector.example:8883',
    log: [`start --code hunter2-d`, { msg: 'Authorization: Bearer hunter2-e', apiToken: 'hunter2-f' }, key],
    known: 'in the middle hunter2-g of a text',
  };
  const text = JSON.stringify(redact(dirty, ['hunter2-g']));
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain('MIGHAgEAMBMG');
  expect(text).toContain('collector.example:8883');
});

test('what is no secret stays: error codes, numbers, flags, names', () => {
  const clean = { code: 'CAPTURE_FILTER', keepaliveS: 30, isOn: true, nothing: null, name: '本社', list: [1, 'two'] };
  expect(redact(clean)).toEqual(clean);
});
