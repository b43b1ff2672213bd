import { valueText } from './format.js';
import type { Texts } from './texts-ja.js';

type EventRecord = Readonly<Record<string, unknown>>;

interface Line {
  readonly main: string;
  readonly side: string;
}

const parts = (...texts: readonly string[]): string => texts.filter((text) => text !== '').join(' · ');

/** What happened in words where something did, else the state with its figures. */
export function endpointLine(record: EventRecord, message: string, texts: Texts): Line {
  const part = (name: string): string => valueText(record[`hinomi.endpoint.${name}`]);
  const state = texts.endpointStates[part('state')] ?? part('state');
  const ms = record['hinomi.endpoint.time_avg_ms'];
  const loss = record['hinomi.endpoint.loss'];
  return {
    main: message || parts(part('name'), state),
    side: parts(
      part('probe'),
      valueText(record['event.reason']),
      part('address'),
      typeof ms === 'number' ? `${Math.round(ms * 10) / 10} ms` : '',
      typeof loss === 'number' && loss > 0 ? texts.endpointLoss(`${Math.round(loss * 100)}%`) : '',
    ),
  };
}

export function metricLine(record: EventRecord): Line {
  const part = (name: string): string => valueText(record[`hinomi.metric.${name}`]);
  const figure = (name: string): string => {
    const value = record[`hinomi.metric.${name}`];
    return typeof value === 'number' ? String(Math.round(value * 100) / 100) : '';
  };
  return {
    main: parts(valueText(record['hinomi.endpoint.name']), part('name'), part('instance')),
    side: parts(`${figure('avg')} ${part('unit')}`, `${figure('min')}–${figure('max')}`),
  };
}

/** Whether it tells of something that is not well now. */
export const isEndpointAlarm = (record: EventRecord): boolean =>
  record['event.dataset'] === 'endpoint' &&
  record['event.kind'] === 'alert' &&
  record['hinomi.endpoint.state'] !== 'up';
