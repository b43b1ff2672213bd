import { type Static, Type } from 'typebox';
import { LiveConfig } from './capture/live-source.js';
import { RecordingConfig } from './capture/recording-source.js';
import { PipelineConfig } from './pipeline-config.js';
import { TapsConfig } from './tap/taps.js';

/** What the sensor process is told, as JSON in its only argument. */
export const SensorConfig = Type.Object(
  {
    live: LiveConfig,
    recording: Type.Optional(RecordingConfig),
    pipeline: Type.Object(PipelineConfig.properties, { additionalProperties: false, default: {} }),
    output: Type.Object(
      {
        bufferBytes: Type.Integer({
          default: 4 * 2 ** 20,
          minimum: 2 ** 20,
          maximum: 2 ** 28,
          description: 'Records that wait for the agent. Live, the lowest lanes are dropped (and counted) when full.',
        }),
      },
      { additionalProperties: false, default: {} },
    ),
    state: Type.Optional(Type.Unknown({ description: 'What an earlier sensor here had learned; given by the agent.' })),
    stateMs: Type.Integer({
      default: 600_000,
      minimum: 100,
      maximum: 86_400_000,
      description: 'How often what was learned is given to the agent, which keeps it.',
    }),
    taps: Type.Optional(TapsConfig),
    statsMs: Type.Integer({ default: 1_000, minimum: 20, maximum: 60_000, description: 'How often counts are told.' }),
    user: Type.String({
      default: 'nobody',
      description: 'Who the process becomes after opening, when started by root.',
    }),
    keepRoot: Type.Boolean({ default: false, description: 'Stay root.' }),
  },
  { additionalProperties: false },
);
export type SensorConfig = Static<typeof SensorConfig>;
