/** For tests: a process that watches a recording with a ring until it is killed. Its argument is JSON. */
import { Value } from 'typebox/value';
import { silentLogger } from '../../../protocol/base/log.js';
import { systemClock } from '../../../protocol/base/time.js';
import { WatchConfig } from '../config.js';
import { SensorWatch } from '../watch.js';

const { ring, sensor, ringFolder } = JSON.parse(process.argv[2] ?? '{}');
const config = Value.Default(WatchConfig, { ring }) as WatchConfig;
const world = { clock: systemClock, random: Math.random, log: silentLogger };
await new SensorWatch({ ...config, sensor }, { ...world, accept: () => {}, lost: () => {}, ringFolder }).start();
