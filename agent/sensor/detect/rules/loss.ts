import { ShareRule } from '../share-rule.js';

/** Bytes that a peer acknowledged and nobody saw: the mirror port sends less than it is given. */
export const loss = (): ShareRule =>
  new ShareRule({
    id: 'coverage-loss',
    name: 'The mirror loses packets',
    severity: 50,
    explainedBy: ['coverage-one-way', 'coverage-overload', 'coverage-collapse', 'coverage-unicast', 'coverage-silence'],
    whole: ({ tcpBytes, missedBytes }) => tcpBytes + missedBytes,
    wholeMin: 500_000,
    part: ({ missedBytes }) => missedBytes,
    times: 2,
    over: 0.05,
    message: (percent, usual) =>
      `${percent} of the TCP data never reached the sensor (usual: ${usual}). The mirror port may carry more than its speed: mirror fewer ports, or use a faster one; check the cable.`,
    messageJa: (percent, usual) =>
      `TCP データの ${percent} がセンサーに届いていません(ふだんは ${usual})。ミラーポートの速度が足りない可能性があります。ミラーするポートを減らすか、速いポートに替え、ケーブルも確かめてください。`,
    recovered: {
      en: 'TCP data is seen without gaps again.',
      ja: 'TCP データが再び欠けずに見えています。対応は不要です。',
    },
  });
