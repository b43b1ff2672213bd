import { ShareRule } from '../share-rule.js';

/** More traffic than this box can handle: lost in the kernel, or left out on purpose. */
export const overload = (): ShareRule =>
  new ShareRule({
    id: 'coverage-overload',
    name: 'More traffic than the box can handle',
    severity: 50,
    whole: ({ packets, kernelDrops }) => packets + kernelDrops,
    wholeMin: 1_000,
    part: ({ sampled, kernelDrops }) => sampled + kernelDrops,
    partMin: 100,
    times: 2,
    over: 0.01,
    message: (percent, usual) =>
      `${percent} of the packets were not looked at, because there were too many (usual: ${usual}). Look for who sends so much (large flows, scans); when it is wanted, the office needs a faster box or fewer mirrored ports.`,
    messageJa: (percent, usual) =>
      `パケットが多すぎて、${percent} を調べられませんでした(ふだんは ${usual})。大きな通信やスキャンをしている機器がないか調べてください。正常な通信なら、上位の監視装置への交換かミラーするポートの削減を検討してください。`,
    recovered: { en: 'Every packet is looked at again.', ja: '再びすべてのパケットを調べています。対応は不要です。' },
  });
