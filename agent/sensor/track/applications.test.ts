import { beforeEach, expect, test } from 'vitest';
import { Applications } from './applications.js';
import { DONE, type Protocol, Verdict } from './session.js';

const SLOT = 2;
const told: string[] = [];

/** Messages of `#`, one digit of length, and that many characters. */
const COUNTED: Protocol = {
  name: 'mqtt',
  transport: 'tcp',
  datasets: ['session'],
  recognise: (b, start) => (b[start] === 0x23 ? Verdict.Yes : Verdict.No),
  open: () => ({
    onBytes: (side, b, start, end) => {
      let at = start;
      while (end - at >= 2) {
        if (b[at] !== 0x23) return DONE;
        const next = at + 2 + Number(String.fromCharCode(b[at + 1]!));
        if (next > end) break;
        told.push(`${side}:${b.toString('latin1', at + 2, next)}`);
        at = next;
      }
      return at - start;
    },
    onEnd: () => told.push('end'),
  }),
};
const conversations = {
  fieldsOf: () => ({
    'source.ip': '192.0.2.1',
    'source.port': 1,
    'destination.ip': '192.0.2.2',
    'destination.port': 2,
    'network.transport': 'tcp',
    'network.community_id': '',
  }),
  sourcePort: () => 1,
  destinationPort: () => 2,
};
let applications: Applications;
beforeEach(() => {
  told.length = 0;
  applications = new Applications({ flowsMax: 8 }, [COUNTED], { conversations, emit: () => {} });
});

/** @param settled what has been seen or acknowledged up to */
function say(relative: number, text: string, settled = 1, side = 0): void {
  const b = Buffer.from(text);
  applications.onSegment(b, 0, b.length, 1, SLOT, side, relative, settled);
}

test('behind a hole that will not be filled a conversation goes on where a message begins', () => {
  say(1, '#3one');
  say(6, '#5tw');
  say(20, '#4four', 20);
  say(26, '#4five', 26);
  expect(told).toEqual(['0:one', '0:four', '0:five']);
});

test('until one begins with a segment, the side waits; the other one goes on', () => {
  say(1, '#3one');
  say(20, 'rest#4four', 20);
  say(30, '#4five'.slice(0, 3), 30);
  say(33, 'ive', 33);
  say(1, '#2ok', 5, 1);
  say(36, '#3six', 36);
  expect(told).toEqual(['0:one', '0:five', '1:ok', '0:six']);
  applications.onFlowEnd(SLOT);
  expect(told.at(-1)).toBe('end');
});

test('where nobody acknowledges, it goes on once there are too many pieces', () => {
  say(1, '#3one');
  for (let n = 0; n < 80; n++) say(100 + n * 10, '#4many', 1);
  expect(told.filter((text) => text === '0:many').length).toBe(80 - 64);
});
