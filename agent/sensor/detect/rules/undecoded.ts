import { ShareRule } from '../share-rule.js';

/** Traffic went into a tunnel that is not decoded. */
export const undecoded = (): ShareRule =>
  new ShareRule({
    id: 'coverage-undecoded',
    name: 'More traffic than usual cannot be decoded',
    severity: 40,
    whole: ({ packets, sampled }) => packets - sampled,
    wholeMin: 500,
    part: ({ unread }) => unread,
    times: 1.5,
    over: 0.1,
    message: (percent, usual) =>
      `${percent} of the packets carry what cannot be decoded (usual: ${usual}). See hinomi.coverage.undecoded_types for what it is: a new VPN or tunnel hides the conversations inside; mirror a port in front of it.`,
    messageJa: (percent, usual) =>
      `パケットの ${percent} が解読できない種類です(ふだんは ${usual})。hinomi.coverage.undecoded_types で種類を確かめてください。新しい VPN やトンネルの中の通信は見えません。その手前のポートをミラーしてください。`,
    recovered: {
      en: 'Traffic can be decoded as usual again.',
      ja: '再びふだんどおり解読できています。対応は不要です。',
    },
  });
