import { ShareRule } from '../share-rule.js';

/** Wrong checksums: a network card that leaves them to others, or a cable that breaks packets. */
export const checksums = (): ShareRule =>
  new ShareRule({
    id: 'coverage-checksums',
    name: 'More wrong checksums than usual',
    severity: 30,
    whole: ({ checked }) => checked,
    wholeMin: 200,
    part: ({ badChecksums }) => badChecksums,
    times: 1.5,
    over: 0.2,
    message: (percent, usual) =>
      `The checksums of ${percent} of the packets are wrong (usual: ${usual}). Check the cable and port of the mirror; a server or virtual machine that mirrors its own packets has checksum offload on.`,
    messageJa: (percent, usual) =>
      `パケットの ${percent} で検査合計が合いません(ふだんは ${usual})。ミラーポートのケーブルとポートを確かめてください。サーバーや仮想マシン自身の通信をミラーしている場合は、オフロード設定が原因のことがあります。`,
    recovered: { en: 'Checksums are as usual again.', ja: '検査合計はふだんどおりに戻りました。対応は不要です。' },
  });
