/** For tests: the sensor process with a pipeline that makes one record of each packet. */
import { loadConfig } from '../../../protocol/base/config.js';
import { SensorConfig } from '../config.js';
import { type CreatePipeline, Sensor } from '../sensor.js';

const createPipeline: CreatePipeline = (emit) => {
  let packets = 0;
  return {
    flowsLive: 0,
    keptShare: 1,
    isDeep: true,
    onPacket: (b, start, end, wireBytes, timeUs) => {
      packets += 1;
      if (b.toString('latin1', start, end) === 'crash') throw new Error('a bug on purpose');
      emit('flow', JSON.stringify({ packets, wireBytes, timeUs }));
    },
    tick: () => {},
    finish: () => emit('dns', JSON.stringify({ finished: packets })),
    setKernelCounts: () => {},
    onLoad: () => {},
    state: () => ({ packets }),
    rescan: () => packets,
  };
};

const config = loadConfig(SensorConfig, { overrides: JSON.parse(process.argv[2] ?? '{}') });
await new Sensor(config, createPipeline).run();
