/**
 * The sensor process, started by the agent (watch/watch.ts). Its only argument is its configuration as JSON; records
 * and counts go to file descriptor 3, standard input is the agent's word and its sign of life.
 */
import { randomInt } from 'node:crypto';
import { runCommand } from '../../protocol/base/cli.js';
import { loadConfig } from '../../protocol/base/config.js';
import { SensorConfig } from './config.js';
import { Pipeline } from './pipeline.js';
import { Sensor } from './sensor.js';

await runCommand('hinomi-sensor', async () => {
  const config = loadConfig(SensorConfig, { overrides: JSON.parse(process.argv[2] ?? '{}') });
  const seed = randomInt(2 ** 31);
  await new Sensor(
    config,
    (emit, place, link) => new Pipeline(config.pipeline, { emit, seed, state: config.state }, place, link),
  ).run();
});
