import { readFileSync } from 'node:fs';

/** When the messages are said to arrive, and what their times say. */
export const RECEIVED = '2026-06-10T03:04:10.000Z';
const ISO_SECOND = '2026-06-10T03:04:05';
const EPOCH_S = Date.parse(`${ISO_SECOND}Z`) / 1_000;
const NOT_ONE_LINE = /\r?\n$/;

/** What SC4S puts into its templates, at one moment. */
const VALUES: Readonly<Record<string, string>> = {
  host: 'fw-test1',
  hostname: 'fw-test1',
  app: 'test_app',
  program: 'test_program',
  pid: '4711',
  key: 'k0815',
  bsd: 'Jun 10 03:04:05',
  bsdyear: 'Jun 10 03:04:05 2026',
  timestamp: 'Jun 10 03:04:05',
  timestamp_bsd: 'Jun 10 03:04:05',
  timestamp_iso_8601: `${ISO_SECOND}.123Z`,
  epoch: `${EPOCH_S}`,
  epochlong: `${EPOCH_S}123`,
  epoch_ms: `${EPOCH_S}123`,
  time: '2026/06/10 03:04:05',
  date: '2026-06-10',
  year: '2026',
  millisec: '123',
  microsec: '123456',
  tzname: 'UTC',
  tzoffset: '+00:00',
  wsatime: `${EPOCH_S}.123`,
  rsatime: '03:04:05,123',
  aruba_time: '2026-06-10 03:04:05,123',
  avi_time: '03:04:05,123',
  ucm_time: 'Jun 10 2026 03:04:05.123',
  high_res_time: `${ISO_SECOND}.123+00:00`,
  node_id: 'RP/0/RP0/CPU0',
  seq: '4711',
  log_type: 'TR',
  delldt: '2026-06-10 03:04:05',
  hptime: '2026-Jun-10 03:04:05',
  taniumtime: `${ISO_SECOND}.123Z`,
  lss_time: 'Wed Jun 10 03:04:05 2026',
  unique_substring: 'u0815',
};

export interface ScCase {
  readonly file: string;
  readonly test: string;
  readonly mark: readonly string[];
  readonly template: string;
  readonly expect: readonly { readonly sourcetype?: string }[];
}

export function readJsonLines<Line>(path: string): Line[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** The message of a case. An ISO time has an offset where the template gives none. */
export function lineOf(entry: ScCase): string {
  const filled = entry.template.replace(/\{\{-?\s*([\w.]+)[^}]*\}\}(Z?)/g, (_, name: string, z: string) => {
    if (name === 'mark') return `${entry.mark[0] ?? ''}${z}`;
    if (name === 'epoch' && entry.file === 'cisco_meraki') return `${EPOCH_S}.123${z}`;
    if (name === 'iso' || name === 'iso_header') return `${ISO_SECOND}.123${z === '' ? '+00:00' : z}`;
    return `${VALUES[name] ?? name}${z}`;
  });
  return filled.replace(NOT_ONE_LINE, '');
}
