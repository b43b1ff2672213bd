import { ShareRule } from '../share-rule.js';

/** Conversations of which one direction is not seen: a switch that mirrors only what a port receives, or only what it sends. */
export const oneWay = (): ShareRule =>
  new ShareRule({
    id: 'coverage-one-way',
    name: 'Only one direction of conversations is seen',
    severity: 60,
    whole: ({ tcpFlows }) => tcpFlows,
    wholeMin: 8,
    part: ({ tcpHalfSeen }) => tcpHalfSeen,
    times: 1.5,
    over: 0.3,
    message: (percent, usual) =>
      `Of ${percent} of the TCP conversations only one direction is seen (usual: ${usual}). Check the mirror port of the switch: it must mirror both directions (rx and tx).`,
    messageJa: (percent, usual) =>
      `TCP の会話の ${percent} で片方向しか見えていません(ふだんは ${usual})。スイッチのミラーポートの設定で、送信と受信の両方(both)がミラーされているか確かめてください。`,
    recovered: {
      en: 'Both directions of conversations are seen again.',
      ja: '会話の両方向が再び見えています。対応は不要です。',
    },
  });
