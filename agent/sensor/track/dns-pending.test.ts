import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DnsMessage } from '../wire/dns.js';
import { DnsPending, type PendingQuery } from './dns-pending.js';

function message(id: number, name = 'a.example', type = 'A'): DnsMessage {
  const questions = name === '' ? [] : [{ name, type, class: 'IN' }];
  return {
    id,
    isResponse: false,
    opcode: 0,
    rcode: 0,
    flags: [],
    questions,
    answers: [],
    addresses: [],
    flaw: 0,
  } as DnsMessage;
}

const query = (slot: number, id: number, name?: string): PendingQuery => ({
  slot,
  timeUs: 0,
  message: message(id, name),
  flavour: 'dns',
});

describe('open queries', () => {
  it('are found by flow, id and question, in whichever letters', () => {
    const pending = new DnsPending(16);
    pending.add(query(1, 7, 'A.example'));
    pending.add(query(1, 7, 'b.example'));
    expect(pending.at(pending.find(1, message(7, 'a.EXAMPLE'))).message.questions[0]!.name).toBe('A.example');
    expect(pending.find(2, message(7, 'a.example'))).toBe(-1);
    expect(pending.find(1, message(8, 'a.example'))).toBe(-1);
    expect(pending.find(1, message(7, 'a.example', 'AAAA'))).toBe(-1);
    expect(pending.find(1, message(7, ''))).toBeGreaterThanOrEqual(0);
  });

  it('of one id, of one flow and in all are few: the oldest has to go', () => {
    const pending = new DnsPending(512);
    for (let name = 0; name < 8; name++) pending.add(query(1, 7, `${name}.example`));
    expect(pending.at(pending.crowded(1, 7)).message.questions[0]!.name).toBe('0.example');
    expect(pending.crowded(1, 8)).toBe(-1);
    for (let id = 100; id < 220; id++) pending.add(query(1, id));
    expect(pending.at(pending.crowded(1, 8)).message.id).toBe(7);
    expect(pending.crowded(2, 8)).toBe(-1);
    for (let slot = 2; pending.used < pending.capacity; slot++) pending.add(query(slot, 1));
    expect(pending.crowded(99_999, 1)).toBe(pending.oldest());
  });

  it('agree with a list, whatever comes and goes', () => {
    const step = fc.record({ slot: fc.nat(3), id: fc.nat(2), isAnswer: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const pending = new DnsPending(8);
        const model: PendingQuery[] = [];
        for (const { slot, id, isAnswer } of steps) {
          const known = model.findIndex((one) => one.slot === slot && one.message.id === id);
          const place = pending.find(slot, message(id));
          expect(place >= 0).toBe(known >= 0);
          if (isAnswer && known >= 0) expect(pending.remove(place)).toBe(model.splice(known, 1)[0]);
          if (isAnswer || known >= 0 || pending.used === pending.capacity) continue;
          const one = query(slot, id);
          pending.add(one);
          model.push(one);
        }
        expect(pending.used).toBe(model.length);
        for (const one of model) expect(pending.remove(pending.oldest())).toBe(one);
        expect(pending.oldest()).toBe(-1);
      }),
    );
  });
});
