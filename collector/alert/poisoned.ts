import type { Telling } from './teller.js';

/** A batch over which the telemetry engine crashes each time. */
export const poisoned = (reason: string): Telling => ({
  rule: 'batch-poisoned',
  name: 'A batch crashes the telemetry engine',
  state: 'raised',
  severity: 70,
  message: `A batch of this box was put into the dead letters: ${reason}. Look at it with hinomi-collector dead-letter list and report it.`,
  messageJa: `この監視装置から届いた記録のまとまりで蓄積エンジンが繰り返し停止したため、保管できない記録(dead letter)に移しました。hinomi-collector dead-letter list で確かめ、開発元に知らせてください。`,
});
