import { type Static, Type } from 'typebox';
import { LOCAL_DEFAULT } from './track/direction.js';

export const PipelineConfig = Type.Object(
  {
    local: Type.Array(Type.String({ maxLength: 64 }), {
      default: [...LOCAL_DEFAULT],
      maxItems: 256,
      description: "The office's own networks, for network.direction.",
    }),
    datasets: Type.Array(Type.String({ maxLength: 32 }), {
      default: ['flow', 'dns', 'tls', 'http', 'dhcp', 'session', 'asset', 'coverage'],
      maxItems: 32,
      description: 'Record kinds to make.',
    }),
    dropBadChecksums: Type.Boolean({
      default: false,
      description: 'Drop packets whose checksums do not hold. A tap sees offloaded ones: leave it off there.',
    }),
    flowsMax: Type.Integer({
      default: 65_536,
      minimum: 16,
      maximum: 4_194_304,
      description: 'Flows that live at once; about 700 bytes each. The oldest goes first.',
    }),
    tcpIdleS: Type.Integer({ default: 300, minimum: 1, maximum: 86_400, description: 'A TCP flow ends after this.' }),
    udpIdleS: Type.Integer({ default: 60, minimum: 1, maximum: 86_400, description: 'A UDP flow ends after this.' }),
    longFlowS: Type.Integer({
      default: 900,
      minimum: 0,
      maximum: 86_400,
      description: 'A flow that goes on is told of after this, and again after as long. 0: at its end only.',
    }),
    utcOffsetMin: Type.Integer({
      default: 540,
      minimum: -720,
      maximum: 840,
      description: "The office's clock, minutes east of UTC: what is usual is learned by the hour. Japan: 540.",
    }),
    icmpIdleS: Type.Integer({
      default: 60,
      minimum: 1,
      maximum: 86_400,
      description: 'Any other flow ends after this.',
    }),
    unansweredPerS: Type.Integer({
      default: 2_000,
      minimum: 0,
      maximum: 1_000_000,
      description:
        'Records a second of flows and of DNS questions that nobody answers, each; more are counted. 0: all.',
    }),
  },
  { additionalProperties: false },
);
export type PipelineConfig = Static<typeof PipelineConfig>;
