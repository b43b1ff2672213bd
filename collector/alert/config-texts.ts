import type { Telling } from './teller.js';

export const CONFIG_RULE = 'config-went-back';

export interface ConfigFacts {
  readonly site: string;
  readonly version: number;
  /** What the box runs with now; 0: its own file alone. */
  readonly running: number;
  readonly wasTried: boolean;
  readonly code: string;
  /** In the box's words. */
  readonly message: string;
}

type Words = Omit<Telling, 'since'>;

const NEXT_EN = 'Look at the configuration of the site in the console, correct what is named, and save it again.';
const NEXT_JA = 'コンソールの「設定」で指摘された項目を直し、保存し直してください。';
const FORBIDDEN = 'REMOTE_FORBIDDEN';

const REASONS_JA: Readonly<Record<string, string>> = {
  REMOTE_CONFIG_UNPROVEN: 'この設定では、監視センターの受領が時間内に届きませんでした',
  REMOTE_CONFIG_CRASHED: 'この設定では、受領が届く前に監視装置のプログラムが終了しました',
  REMOTE_CONFIG_FAILED: 'この設定では、監視装置のプログラムを始められませんでした',
  REMOTE_CONFIG_INVALID: 'この監視装置では使えない値があります',
  DATA_FOLDER: '監視装置のディスクに書き込めませんでした',
};

/** A configuration did not do, or was not even tried. */
export function wentBackWords({ site, version, running, wasTried, code, message }: ConfigFacts): Words {
  const isForbidden = code === FORBIDDEN;
  const nowEn = running === 0 ? 'its own file' : `version ${running}`;
  const nowJa = running === 0 ? '監視装置自身の設定ファイル' : `版 ${running}`;
  const whyJa = isForbidden ? '事業所の方針で許されていません' : (REASONS_JA[code] ?? '監視装置が受け付けませんでした');
  const didEn = wasTried
    ? `${site} tried version ${version} of its configuration and went back to ${nowEn}`
    : `${site} refused version ${version} of its configuration and goes on with ${nowEn}`;
  const didJa = wasTried
    ? `「${site}」は設定の版 ${version} を試しましたが、元の設定(${nowJa})に戻しました`
    : `「${site}」は設定の版 ${version} を受け付けず、${nowJa}で動き続けています`;
  return {
    rule: CONFIG_RULE,
    name: wasTried ? 'A configuration was taken back' : 'A configuration was refused',
    state: 'raised',
    severity: 40,
    subject: subjectOf(version, code),
    value: version,
    message: `${didEn}: ${message} (${code}). ${isForbidden ? 'Ask the office to allow it, or leave it out and save it again.' : NEXT_EN}`,
    messageJa: `${didJa}。理由: ${whyJa}(${code}: ${message})。${isForbidden ? '事業所に許可を頼むか、その項目を除いて保存し直してください。' : NEXT_JA}`,
  };
}

/** @param running what it has kept; 0: its own file alone */
export function settledWords(site: string, running: number): Words {
  const en = running === 0 ? 'its own file' : `version ${running}`;
  const ja = running === 0 ? '監視装置自身の設定ファイル' : `設定の版 ${running}`;
  return {
    ...{ rule: CONFIG_RULE, name: 'The box keeps its configuration', state: 'recovered', severity: 10 },
    value: running,
    message: `${site} runs with ${en}, and has proven it. Nothing has to be done.`,
    messageJa: `「${site}」は${ja}で正しく動いています。対応は不要です。`,
  };
}

export const subjectOf = (version: number, code: string): string => `version ${version}: ${code}`;
