import type { EndpointRecord, EndpointState } from '../../protocol/records/endpoint.js';
import { REASONS, type Reason } from './reasons.js';

type Told = Pick<EndpointRecord, 'event.kind'> & Partial<EndpointRecord>;

const SEVERITY_DOWN = 60;
const SEVERITY_DEGRADED = 40;
const SEVERITY_BACK = 10;

/** What a change of state says to a person, and whether somebody has to be told at all. */
export function tell(name: string, state: EndpointState, previous: EndpointState, reason: Reason): Told {
  if (state === 'down') return down(name, reason);
  if (state === 'degraded') return degraded(name, reason);
  if (state === 'up' && previous !== 'unknown') return back(name);
  return state === 'unknown' ? unknown(name, reason) : first(name);
}

function down(name: string, reason: Reason): Told {
  const { en, ja } = REASONS[reason];
  return {
    'event.kind': 'alert',
    'event.severity': SEVERITY_DOWN,
    'rule.id': 'endpoint-down',
    'rule.name': 'A watched device or service does not answer',
    message: `${name} is down: ${en}. Check that it is switched on and its cable is plugged in.`,
    'hinomi.message_ja': `「${name}」が止まっています(${ja})。電源が入っているか、ケーブルが抜けていないか確かめてください。`,
  };
}

function degraded(name: string, reason: Reason): Told {
  const { en, ja } = REASONS[reason];
  return {
    'event.kind': 'alert',
    'event.severity': SEVERITY_DEGRADED,
    'rule.id': 'endpoint-degraded',
    'rule.name': 'A watched device or service is not as it should be',
    message: `${name} answers, but ${en}. See to it before it stops.`,
    'hinomi.message_ja': `「${name}」は動いていますが、注意が必要です(${ja})。止まる前に手当てしてください。`,
  };
}

function back(name: string): Told {
  return {
    'event.kind': 'alert',
    'event.severity': SEVERITY_BACK,
    'rule.id': 'endpoint-back',
    'rule.name': 'A watched device or service is well again',
    message: `${name} is well again. Nothing has to be done.`,
    'hinomi.message_ja': `「${name}」は元に戻りました。何もする必要はありません。`,
  };
}

/** Whether it is well is not known; whoever set the box up has to look, not the office. */
function unknown(name: string, reason: Reason): Told {
  const { en, ja } = REASONS[reason];
  return {
    'event.kind': 'event',
    message: `${name} cannot be asked: ${en}. See hinomi-agent doctor on the box.`,
    'hinomi.message_ja': `「${name}」を確認できません(${ja})。監視装置で hinomi-agent doctor を実行してください。`,
  };
}

function first(name: string): Told {
  return {
    'event.kind': 'event',
    message: `${name} is watched and well.`,
    'hinomi.message_ja': `「${name}」の確認を始めました。正常です。`,
  };
}
