import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { SilenceConfig } from './config.js';
import { hourOfWeek } from './habit.js';
import { type Finding, Watched } from './watched.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A Monday, midnight in Japan. */
const MONDAY_MS = Date.parse('2026-11-23T00:00:00+09:00');
const NONE = { week: [], weeks: [], day: [], days: [], gapMs: 0 };

/** One source and a time of its own, looked at each minute. */
class Stage {
  nowMs = MONDAY_MS;
  readonly findings: Finding[] = [];
  watched = new Watched(loadConfig(SilenceConfig, {}), {
    ...{ id: 'udp/192.0.2.1/514', address: '192.0.2.1', transport: 'udp' as const },
    ...{ messages: 0, heardMs: 0, lastMs: MONDAY_MS, habit: NONE },
  });

  /** @param perMinute messages, by the hour of the week */
  pass(ms: number, perMinute: number | ((hour: number) => number)): void {
    for (const end = this.nowMs + ms; this.nowMs < end; this.nowMs += MINUTE_MS) {
      const hour = hourOfWeek(this.nowMs, 'Asia/Tokyo');
      const messages = typeof perMinute === 'number' ? perMinute : perMinute(hour);
      this.findings.push(...this.watched.look({ messages, passedMs: MINUTE_MS, nowMs: this.nowMs, hour }));
    }
  }

  /** As it is after a restart of the agent. */
  restart(): void {
    this.watched = new Watched(loadConfig(SilenceConfig, {}), JSON.parse(JSON.stringify(this.watched.stored())));
  }

  get kinds(): string[] {
    return this.findings.map(({ kind }) => kind);
  }
}

/** Monday to Friday from 9 to 18 much, else little: an office. */
const office = (hour: number): number => {
  const [day, ofDay] = [Math.floor(hour / 24), hour % 24];
  return day >= 1 && day <= 5 && ofDay >= 9 && ofDay < 18 ? 50 : 0.2;
};
/** Nothing at all outside of working hours. */
const silentAtNight = (hour: number): number => (office(hour) > 1 ? 50 : 0);

describe('a source', () => {
  test('that falls silent is missed once, and its end is told', () => {
    const stage = new Stage();
    stage.pass(2 * DAY_MS + 3 * HOUR_MS, 10);
    stage.pass(3 * HOUR_MS, 0);
    expect(stage.findings).toEqual([{ kind: 'silent', quietMs: 15 * MINUTE_MS }]);
    stage.pass(MINUTE_MS, 10);
    expect(stage.kinds).toEqual(['silent', 'heard']);
  });

  test('that is new is missed after hours only, since its nights are not known', () => {
    const stage = new Stage();
    stage.pass(HOUR_MS, 10);
    stage.pass(3 * HOUR_MS + 50 * MINUTE_MS, 0);
    expect(stage.kinds).toEqual([]);
    stage.pass(20 * MINUTE_MS, 0);
    expect(stage.kinds).toEqual(['silent']);
  });

  test('that said a few words once is not missed', () => {
    const stage = new Stage();
    stage.pass(5 * MINUTE_MS, 2);
    stage.pass(2 * DAY_MS, 0);
    expect(stage.kinds).toEqual([]);
  });

  test('that is silent each night and weekend is not missed then, but on a working day', () => {
    const stage = new Stage();
    stage.pass(14 * DAY_MS, silentAtNight);
    stage.findings.length = 0;
    stage.pass(7 * DAY_MS, silentAtNight);
    expect(stage.kinds).toEqual([]);
    stage.pass(DAY_MS, 0);
    expect(stage.kinds).toEqual(['silent']);
  });

  test('that stays silent over a restart of the agent is told once, and its end too', () => {
    const stage = new Stage();
    stage.pass(3 * DAY_MS, 10);
    stage.pass(HOUR_MS, 0);
    stage.restart();
    stage.pass(5 * HOUR_MS, 0);
    stage.pass(MINUTE_MS, 5);
    expect(stage.kinds).toEqual(['silent', 'heard']);
  });

  test('is not missed for time in which the box could not hear', () => {
    const stage = new Stage();
    stage.pass(3 * DAY_MS, 10);
    for (let minute = 0; minute < 600; minute++)
      stage.findings.push(
        ...stage.watched.look({ messages: 0, passedMs: 0, nowMs: (stage.nowMs += MINUTE_MS), hour: 30 }),
      );
    expect(stage.kinds).toEqual([]);
  });

  test('that says far less than on this weekday is told after two hours, and when it is as usual', () => {
    const stage = new Stage();
    stage.pass(21 * DAY_MS, office);
    expect(stage.kinds).toEqual([]);
    stage.pass(12 * HOUR_MS, (hour) => office(hour) * 0.02);
    expect(stage.findings).toEqual([{ kind: 'low', messages: 60, usual: 3_000 }]);
    stage.pass(3 * HOUR_MS, office);
    expect(stage.kinds).toEqual(['low', 'enough']);
  });

  test('of which weekends are quiet is not told on weekends', () => {
    const stage = new Stage();
    stage.pass(42 * DAY_MS, office);
    expect(stage.kinds).toEqual([]);
  });
});

test('an hour of the week is that of the zone', () => {
  expect(hourOfWeek(Date.parse('2026-11-22T15:00:00Z'), 'Asia/Tokyo')).toBe(24);
  expect(hourOfWeek(Date.parse('2026-11-22T15:00:00Z'), 'UTC')).toBe(15);
});
