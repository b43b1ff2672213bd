import { expect, test } from 'vitest';
import { Sight } from './sight.js';

const alert = (state: string, subject: string, rule = 'source-silent') => ({
  ...{ '@timestamp': '2026-11-25T00:00:00Z', 'event.dataset': 'alert', 'event.severity': 60, message: subject },
  ...{ 'rule.id': rule, 'hinomi.alert.state': state, 'hinomi.alert.subject': subject },
});

test('of several silent sources each is raised and ends by itself', () => {
  const sight = new Sight();
  sight.onAlert(alert('raised', 'udp/192.0.2.1/514'));
  sight.onAlert(alert('raised', 'udp/192.0.2.2/514'));
  sight.onAlert(alert('recovered', 'udp/192.0.2.1/514'));
  expect(sight.summary(undefined).alerts.map(({ message }) => message)).toEqual(['udp/192.0.2.2/514']);
});

test('a rule that watches one thing ends whatever its subject is by then', () => {
  const sight = new Sight();
  sight.onAlert(alert('raised', 'not_seen', 'canary-missed'));
  sight.onAlert(alert('recovered', 'arrived', 'canary-missed'));
  expect(sight.summary(undefined).alerts).toEqual([]);
});
