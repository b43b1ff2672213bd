import { describe, expect, test } from 'vitest';
import type { AlertRecord } from '../../../protocol/records/alert.js';
import { flawOfRecord } from '../../../protocol/records/records.js';
import { type CoverageCounts, NO_COUNTS } from '../sight/counts.js';
import { Detector } from './detect.js';
import { LOOK_S } from './scene.js';

const DAY_S = 86_400;
const HOUR_S = 3_600;
/** Monday 6 April 2026, 0:00 in Japan. */
const MONDAY_S = Date.parse('2026-04-06T00:00:00+09:00') / 1_000;
const LOOKS_PER_DAY = DAY_S / LOOK_S;

type Change = (look: CoverageCounts, vlans: number[], random: () => number) => CoverageCounts;

interface Habits {
  /** Packets between others in 20 s at full work, and at night. */
  readonly work: number;
  readonly night: number;
  readonly broadcasts: number;
  /** Days (from 0, a Monday) on which nobody comes. */
  readonly holidays?: readonly number[];
}

const OFFICE: Habits = { work: 4_000, night: 40, broadcasts: 12 };
/** Everything is switched off in the evening, the switch too. */
const DARK_OFFICE: Habits = { work: 1_500, night: 0, broadcasts: 0 };

/** A small office: from 8 to 19 with a dip at noon, nobody at the weekend; no two minutes are alike. */
class Office {
  readonly alerts: AlertRecord[] = [];
  detector: Detector;
  timeS = MONDAY_S;
  readonly #habits: Habits;
  readonly #vlans = new Float64Array(4_096);
  #seed = 7;

  constructor(habits: Habits = OFFICE) {
    this.#habits = habits;
    this.detector = this.#makeDetector();
  }

  /** The sensor process ends and another one begins. */
  restart(): void {
    const state: unknown = JSON.parse(JSON.stringify(this.detector.state()));
    this.detector = this.#makeDetector();
    this.detector.load(state);
    this.#vlans.fill(0);
  }

  run(seconds: number, change: Change = (look) => look): void {
    for (let end = this.timeS + seconds; this.timeS < end; this.timeS += LOOK_S) {
      const vlans = this.#busyVlans();
      const look = change(this.#look(), vlans, this.#random);
      for (const id of vlans) this.#vlans[id]! += 3;
      this.detector.onLook(this.timeS, look, this.#vlans);
    }
  }

  ids(): string[] {
    return Object.keys((this.detector.state() as { rules: object }).rules);
  }

  days(count: number): void {
    this.run(count * DAY_S);
  }

  raised(): string[] {
    return this.alerts.filter((alert) => alert['hinomi.alert.state'] === 'raised').map((alert) => alert['rule.id']);
  }

  readonly #random = (): number => {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#seed / 2 ** 32;
  };

  #busyVlans(): number[] {
    return [10, 20];
  }

  #makeDetector(): Detector {
    return new Detector({ utcOffsetMin: 540 }, (alert) => this.alerts.push(alert));
  }

  #activity(): number {
    const day = Math.floor((this.timeS - MONDAY_S) / DAY_S);
    const hour = ((this.timeS - MONDAY_S) % DAY_S) / HOUR_S;
    const isFree = day % 7 >= 5 || (this.#habits.holidays ?? []).includes(day);
    if (isFree || hour < 8 || hour > 19) return 0;
    const edge = Math.min(1, (hour - 8) * 2, (19 - hour) * 2);
    return hour > 12 && hour < 13 ? edge * 0.4 : edge;
  }

  #look(): CoverageCounts {
    const { work, night, broadcasts } = this.#habits;
    const activity = this.#activity();
    const isDark = night === 0 && activity === 0;
    const unicastOthers = Math.round(night * (0.5 + this.#random()) + activity * work * (0.4 + 1.2 * this.#random()));
    const multicast = isDark ? 0 : Math.round((broadcasts || 9) * (0.5 + this.#random()));
    const packets = unicastOthers + multicast;
    const tcpFlows = Math.round(unicastOthers / 80);
    return {
      ...NO_COUNTS,
      packets,
      bytes: packets * 500,
      checked: Math.round(packets / 4),
      badChecksums: Math.round((packets / 4) * 0.02 * this.#random()),
      flows: Math.round(unicastOthers / 30),
      tcpFlows,
      tcpHalfSeen: Math.round(tcpFlows * 0.08 * this.#random()),
      tcpBytes: unicastOthers * 300,
      missedBytes: Math.round(unicastOthers * 3 * this.#random()),
      unicast: unicastOthers,
      unicastOthers,
      multicast,
      unread: Math.round(packets * 0.01 * this.#random()),
    };
  }
}

const onlyBroadcasts: Change = (look) => ({
  ...look,
  packets: look.multicast,
  unicast: 0,
  unicastOthers: 0,
  tcpFlows: 0,
});
const nothing: Change = (_look, vlans) => {
  vlans.length = 0;
  return NO_COUNTS;
};
/** What goes wrong, and what must be told of it. */
const FAULTS: Record<string, [Change, string]> = {
  'the cable is pulled': [nothing, 'coverage-silence'],
  'the mirror carries only broadcasts': [onlyBroadcasts, 'coverage-unicast'],
  'nearly nothing comes': [
    (look) => ({ ...onlyBroadcasts(look, [], Math.random), multicast: 0, packets: 3, unicast: 3, unicastOthers: 3 }),
    'coverage-collapse',
  ],
  'the mirror carries one direction': [(look) => ({ ...look, tcpHalfSeen: look.tcpFlows }), 'coverage-one-way'],
  'the mirror loses a fifth': [(look) => ({ ...look, missedBytes: look.tcpBytes / 4 }), 'coverage-loss'],
  'the kernel drops': [(look) => ({ ...look, kernelDrops: look.packets / 4 }), 'coverage-overload'],
  'the sensor samples': [(look) => ({ ...look, sampled: look.packets / 2 }), 'coverage-overload'],
  'checksums are wrong': [(look) => ({ ...look, badChecksums: look.checked / 2 }), 'coverage-checksums'],
  'a tunnel hides the traffic': [(look) => ({ ...look, unread: look.packets / 2 }), 'coverage-undecoded'],
  'the flow table is full': [(look) => ({ ...look, flowsEvicted: look.flows / 2 }), 'coverage-evictions'],
  'a VLAN is gone': [
    (look, vlans) => {
      vlans.splice(vlans.indexOf(20), 1);
      return look;
    },
    'coverage-vlan-gone',
  ],
};

const states = new Map<Habits, { timeS: number; state: unknown }>();

/** An office that has been learned for two weeks and a day, on a Tuesday at 10:30. */
function learned(habits = OFFICE): Office {
  const office = new Office(habits);
  let known = states.get(habits);
  if (known === undefined) {
    office.run(15 * DAY_S + 9.75 * HOUR_S);
    known = { timeS: office.timeS, state: JSON.parse(JSON.stringify(office.detector.state())) };
    states.set(habits, known);
  }
  const fresh = new Office(habits);
  fresh.timeS = known.timeS;
  fresh.detector.load(known.state);
  fresh.run(0.75 * HOUR_S);
  return fresh;
}

describe('alarms about coverage', () => {
  test.each([
    ['an office whose printers talk at night', OFFICE],
    ['an office that is switched off at night', DARK_OFFICE],
    ['an office with holidays', { ...OFFICE, holidays: [9, 16, 17, 21, 22, 23] }],
    ['a dark office with holidays', { ...DARK_OFFICE, holidays: [9, 16, 17] }],
  ])('%s alarms nobody in four weeks', (_name, habits) => {
    const office = new Office(habits);
    office.days(28);
    expect(office.alerts.map((alert) => `${alert['@timestamp']} ${alert['rule.id']}`)).toEqual([]);
  });

  test.each(Object.entries(FAULTS))('%s: told once, within two minutes, and its end too', (_name, [change, rule]) => {
    const office = learned();
    const startS = office.timeS;
    office.run(10 * 60, change);
    expect(office.raised()).toEqual([rule]);
    const [alert] = office.alerts;
    expect(flawOfRecord(alert)).toBeUndefined();
    expect(Date.parse(alert!['@timestamp']) / 1_000 - startS).toBeLessThanOrEqual(120);
    expect(alert!['hinomi.message_ja']).toMatch(/[ぁ-ん].*。$/);
    office.run(20 * 60);
    expect(office.alerts.map((each) => each['hinomi.alert.state'])).toEqual(['raised', 'recovered']);
  });

  test.each(Object.entries(FAULTS))('%s: nobody is told in the first day', (_name, [change]) => {
    const office = new Office();
    office.run(0.9 * DAY_S);
    office.run(10 * 60, change);
    expect(office.alerts).toEqual([]);
  });

  test('what was learned, and what is raised, survives a restart of the sensor', () => {
    const office = learned();
    office.restart();
    office.run(45 * 60);
    office.run(5 * 60, onlyBroadcasts);
    expect(office.raised()).toEqual(['coverage-unicast']);
    office.restart();
    office.run(5 * 60, onlyBroadcasts);
    office.run(5 * 60);
    expect(office.alerts.map((each) => each['hinomi.alert.state'])).toEqual(['raised', 'recovered']);
  });

  test('a fault that lasts is told again each day, and becomes usual after a week', () => {
    const office = learned();
    const [change] = FAULTS['checksums are wrong']!;
    office.run(6.5 * DAY_S, change);
    const told = office.alerts.map((each) => each['hinomi.alert.state']);
    expect(told.filter((state) => state === 'raised')).toHaveLength(1);
    expect(told.filter((state) => state === 'repeated').length).toBeLessThanOrEqual(7);
    const { length } = office.alerts;
    office.run(4 * DAY_S, change);
    expect(office.alerts.length - length).toBeLessThanOrEqual(1);
  });

  test('a fault that comes and goes is told at a bounded rate', () => {
    const office = learned();
    const [change] = FAULTS['checksums are wrong']!;
    for (let turn = 0; turn < 18; turn++) {
      office.run(600, change);
      office.run(600);
    }
    expect(office.raised().length).toBeLessThanOrEqual(12);
    expect(office.raised().length).toBeGreaterThanOrEqual(3);
  });

  test('everybody goes home early: no fall, where nights have something to be known by', () => {
    const office = learned();
    office.run(4 * HOUR_S);
    const goHome: Change = (look, _vlans, random) => {
      const unicastOthers = Math.round(20 + 40 * random());
      return {
        ...look,
        unicast: unicastOthers,
        unicastOthers,
        packets: unicastOthers + look.multicast,
        tcpFlows: 0,
        unread: 0,
      };
    };
    office.run(5 * HOUR_S, goHome);
    expect(office.raised()).toEqual([]);
  });

  test('a state that makes no sense is learned anew', () => {
    for (const state of [
      null,
      7,
      'x',
      {},
      { version: 1, rules: [] },
      { version: 1, rules: { 'coverage-silence': 5 } },
    ]) {
      const office = new Office();
      office.detector.load(state);
      office.run(HOUR_S);
      expect(office.alerts).toEqual([]);
    }
    const office = new Office();
    const lies = { learned: [[-5, 'x'], { high: Number.NaN }, [[1]]], sinceS: 'never' };
    office.detector.load({ version: 1, rules: Object.fromEntries(office.ids().map((id) => [id, lies])) });
    office.run(HOUR_S);
    expect(office.alerts).toEqual([]);
  });

  test('what is kept is small', () => {
    const office = learned();
    expect(JSON.stringify(office.detector.state()).length).toBeLessThan(16_384);
    expect(LOOKS_PER_DAY).toBe(4_320);
  });
});
