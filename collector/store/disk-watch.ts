import { statfs } from 'node:fs/promises';
import { Gauge, type Registry } from 'prom-client';
import { describeError } from '../../protocol/base/errors.js';
import type { Component } from '../../protocol/base/scope.js';
import type { World } from '../../protocol/base/world.js';
import type { StoreConfig } from './config.js';
import { type Outlook, outlookOf, type Pressure, pressureOf, type Space } from './disk-budget.js';
import type { Usage } from './telemetry.js';

/** One thing to say about the disk: an alert of the collector's own. */
export interface DiskTelling {
  readonly rule: string;
  readonly name: string;
  readonly state: 'raised' | 'repeated' | 'recovered';
  readonly severity: number;
  readonly message: string;
  readonly messageJa: string;
  readonly value?: number;
}

export interface DiskWatchDeps extends World {
  readonly metrics: Registry;
  usage(): Promise<Usage>;
  /** 0: all is taken; 1: not lane p3; 2: not p2; 3: p0 alone; 4: nothing. */
  setPressure(level: Pressure): void;
  /** @returns undefined when it could not be written: it is told at the next look */
  tell(telling: DiskTelling): Promise<unknown>;
  /** For tests. */
  readonly space?: (folder: string) => Promise<Space>;
}

/** The growth is looked at this often; free space every `diskCheckMs`. */
const USAGE_MS = 15 * 60_000;
/** It has recovered when there is this much more time than the alert asks for. */
const RECOVERED_SHARE = 1.25;

/** Looks after the disk of the table: says weeks before that it will be full, and takes less and less before it is. */
export class DiskWatch implements Component {
  readonly name = 'disk-watch';
  readonly #config: StoreConfig;
  readonly #folder: string;
  readonly #deps: DiskWatchDeps;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #usage: Usage | undefined;
  #usageMs = Number.NEGATIVE_INFINITY;
  #space: Space | undefined;
  #pressure: Pressure = 0;
  readonly #raised = new Map<string, number>();

  /** @param folder on the disk that is looked at */
  constructor(config: StoreConfig, folder: string, deps: DiskWatchDeps) {
    this.#config = config;
    this.#folder = folder;
    this.#deps = { ...deps, log: deps.log.child({ component: 'disk-watch' }) };
    this.#measure(deps.metrics);
  }

  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => {
      this.#looking ??= this.look().finally(() => {
        this.#looking = undefined;
      });
    }, this.#config.diskCheckMs);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** What is known of the disk's future; undefined until the table could be asked. */
  get outlook(): Outlook | undefined {
    return this.#usage === undefined || this.#space === undefined ? undefined : outlookOf(this.#usage, this.#space);
  }

  async look(): Promise<void> {
    try {
      await this.#ask();
      this.#space = await this.#readSpace();
      this.#setPressure(pressureOf(this.#space, this.#pressure));
      await this.#tellOutlook();
      await this.#tellPressure();
    } catch (error) {
      this.#deps.log.warn({ error: describeError(error) }, 'could not look at the disk');
    }
  }

  /** The engine may be away: what was known before is near enough. */
  async #ask(): Promise<void> {
    const nowMs = this.#deps.clock.monotonic();
    if (nowMs - this.#usageMs < (this.#pressure > 0 ? this.#config.diskCheckMs : USAGE_MS)) return;
    this.#usageMs = nowMs;
    const usage = await this.#deps.usage().catch((error: unknown) => {
      this.#usageMs = Number.NEGATIVE_INFINITY;
      this.#deps.log.debug({ error: describeError(error) }, 'the table could not be asked');
    });
    if (usage !== undefined) this.#usage = usage;
  }

  async #readSpace(): Promise<Space> {
    const { totalBytes, freeBytes } = await (this.#deps.space ?? spaceOf)(this.#folder);
    const max = this.#config.diskBytesMax;
    if (max === undefined || max >= totalBytes) return { totalBytes, freeBytes };
    return { totalBytes: max, freeBytes: Math.max(0, Math.min(freeBytes, max - (this.#usage?.bytes ?? 0))) };
  }

  #setPressure(level: Pressure): void {
    if (level === this.#pressure) return;
    this.#pressure = level;
    this.#deps.log.warn({ level, freeBytes: this.#space?.freeBytes }, 'pressure of the disk');
    this.#deps.setPressure(level);
  }

  async #tellOutlook(): Promise<void> {
    const days = this.outlook?.daysLeft;
    if (days === undefined) return;
    const { diskWarnDays } = this.#config;
    const level = days <= diskWarnDays ? (days <= diskWarnDays / 4 ? 2 : 1) : 0;
    const isOver = days > diskWarnDays * RECOVERED_SHARE;
    const left = Number.isFinite(days) ? Math.max(0, Math.floor(days)) : undefined;
    await this.#raise('disk-filling', level, isOver, {
      name: 'The disk will be full',
      severity: level === 2 ? 80 : 50,
      message: `At today's growth the disk of the collector is full in ${left} days. Add space, or shorten store.retentionDays.`,
      messageJa: `今の増え方では、監視センターのディスクは約${left}日で一杯になります。容量を増やすか、保存日数(store.retentionDays)を短くしてください。`,
      ...(left === undefined ? {} : { value: left }),
    });
  }

  async #tellPressure(): Promise<void> {
    const level = this.#pressure;
    await this.#raise('disk-full', level, level === 0, {
      name: 'The disk is nearly full',
      severity: level >= 3 ? 95 : 80,
      message:
        'The disk of the collector is nearly full. Boxes keep what is less urgent on their own disks for now. Add space, or shorten store.retentionDays, soon.',
      messageJa:
        '監視センターのディスクがほぼ一杯です。急がない記録は各監視装置に保管したまま待たせています。早めに容量を増やすか、保存日数(store.retentionDays)を短くしてください。',
      value: level,
    });
  }

  /** Told when it begins, when it gets worse, and when it is over. */
  async #raise(
    rule: string,
    level: number,
    isOver: boolean,
    telling: Omit<DiskTelling, 'rule' | 'state'>,
  ): Promise<void> {
    const raised = this.#raised.get(rule) ?? 0;
    if (level > raised) {
      const state = raised === 0 ? 'raised' : 'repeated';
      if ((await this.#deps.tell({ rule, state, ...telling })) !== undefined) this.#raised.set(rule, level);
    } else if (raised > 0 && isOver) {
      const over = { name: telling.name, severity: 10, ...OVER };
      if ((await this.#deps.tell({ rule, state: 'recovered', ...over })) !== undefined) this.#raised.delete(rule);
    }
  }

  #measure(metrics: Registry): void {
    const gauge = (name: string, help: string, read: () => number | undefined): void => {
      new Gauge({
        name,
        help,
        registers: [metrics],
        collect() {
          const value = read();
          if (value === undefined) this.reset();
          else this.set(value);
        },
      });
    };
    gauge('hinomi_store_bytes', 'What the table takes of its disk.', () => this.#usage?.bytes);
    gauge(
      'hinomi_disk_free_bytes',
      'What is left of the disk, or of store.diskBytesMax.',
      () => this.#space?.freeBytes,
    );
    gauge('hinomi_disk_days_left', 'Until it is full at its growth; Inf: not by this.', () => this.outlook?.daysLeft);
    gauge('hinomi_disk_pressure', '0: all lanes are taken, 3: p0 alone, 4: none.', () => this.#pressure);
  }
}

const OVER = {
  message: 'There is room on the disk of the collector again.',
  messageJa: '監視センターのディスクに空きができました。対応は不要です。',
};

async function spaceOf(folder: string): Promise<Space> {
  const { bsize, blocks, bavail } = await statfs(folder);
  return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
}
