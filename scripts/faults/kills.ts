import assert from 'node:assert/strict';
import { chaos, isWhole } from '../chaos.js';
import type { Fault } from './fault.js';

const KILLS = { short: 8, long: 1_000 };

export const kills: Fault = {
  name: 'kills',
  what: '`kill -9` at random among agent, sensor, collector and engine under load',
  needs: [],
  play: async ({ isShort, seed, say }) => {
    const result = await chaos({ kills: isShort ? KILLS.short : KILLS.long, seed, say });
    assert.ok(isWhole(result), JSON.stringify(result));
    const { sensor, agent, collector, engine } = result.kills;
    const records = result.records.toLocaleString('en');
    return `${sensor} sensors, ${agent} agents, ${collector} collectors, ${engine} engines killed; ${records} records accepted and stored, none twice`;
  },
};
