import { ShareRule } from '../share-rule.js';

/** The flow table is too small for what goes on: a scan or a flood, or an office that has grown. */
export const evictions = (): ShareRule =>
  new ShareRule({
    id: 'coverage-evictions',
    name: 'The flow table is full',
    severity: 40,
    whole: ({ flows }) => flows,
    wholeMin: 200,
    part: ({ flowsEvicted }) => flowsEvicted,
    times: 2,
    over: 0.02,
    message: (percent, usual) =>
      `${percent} of the flows were ended early, because the table was full (usual: ${usual}). Look for a scan or a flood (many flows of one source); else raise pipeline.flowsMax.`,
    messageJa: (percent, usual) =>
      `追跡の表が満杯で、通信の ${percent} を早めに打ち切りました(ふだんは ${usual})。1 台から大量の通信(スキャンなど)が出ていないか調べてください。なければ pipeline.flowsMax を増やしてください。`,
    recovered: { en: 'The flow table has room again.', ja: '追跡の表に再び余裕があります。対応は不要です。' },
  });
