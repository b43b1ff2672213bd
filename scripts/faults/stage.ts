import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Programs } from '../../test/support/programs.js';
import { benchTraffic } from '../traffic/bench.js';
import { writeRecording } from '../traffic/writers.js';
import { Box, sum } from './box.js';
import { Collector } from './collector.js';
import { SmallDisk } from './small-disk.js';
import { readTable, type Standing, type TableFacts } from './table.js';

/** A box's books when everything has arrived. */
export interface Account extends Standing {
  /** Records in batches on the box's disk, all of them, since its spool was made. */
  readonly accepted: number;
  /** Records that its spool had to throw away. */
  readonly evicted: number;
}

/** How a spool tells of what it had accepted and threw away. */
const EVICTIONS = ['spool_full', 'spool_damaged'];
const NOBODY: Standing = { records: 0, twice: 0, torn: 0, gaps: {} };

/** A collector, the box that a fault happens to, and the box of another company's office, which must not notice. */
export class Stage {
  readonly programs = new Programs([], 'built');
  readonly collector = new Collector(this.programs);
  readonly box: Box;
  readonly neighbour: Box;
  readonly #recordings = { traffic: this.programs.path('traffic.pcap'), empty: this.programs.path('empty.pcap') };

  readonly #disks: SmallDisk[] = [];

  private constructor() {
    this.box = this.newBox('office');
    this.neighbour = this.newBox('neighbour');
  }

  /** The collector runs, both boxes are enrolled. @param prepare makes their folders something special before */
  static async open(config: object = {}, prepare: (stage: Stage) => void = () => {}): Promise<Stage> {
    const stage = new Stage();
    try {
      prepare(stage);
      await stage.#open(config);
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** Opens a stage, plays on it, and takes it away again. */
  static async play<T>(
    config: object,
    play: (stage: Stage) => Promise<T>,
    prepare?: (stage: Stage) => void,
  ): Promise<T> {
    const stage = await Stage.open(config, prepare);
    try {
      return await play(stage);
    } finally {
      await stage.close();
    }
  }

  async #open(config: object): Promise<void> {
    const packets = benchTraffic({ packets: 10_000, flows: 1_500, seed: 7, startUs: Date.now() * 1_000 });
    await writeRecording(this.#recordings.traffic, packets, 'pcap');
    await writeRecording(this.#recordings.empty, [], 'pcap');
    await this.collector.start({ config });
    for (const box of [this.box, this.neighbour]) await this.enrol(box);
  }

  newBox(site: string): Box {
    return new Box(this.programs, site, this.#recordings);
  }

  /** A company of its own, with one site, for each box. */
  async enrol(box: Box): Promise<void> {
    await this.collector.admin('company', 'add', box.site, '--id', box.site);
    await this.collector.admin('site', 'add', box.site, '--company', box.site, '--id', box.site);
    const { code } = await this.collector.admin<{ code: string }>('site', 'code', box.site);
    const { gateUrl, httpUrl = '' } = this.collector.listening ?? {};
    await box.enrol(gateUrl ?? httpUrl, code);
  }

  /** Both boxes at work: the neighbour as an office is, the other one busier. */
  async startBoxes(config: object = {}): Promise<void> {
    await Promise.all([this.box.start({ config, speed: 4 }), this.neighbour.start({ speed: 1 })]);
  }

  /** Lets everything arrive, stops everything, and closes the books. */
  async settle(...more: Box[]): Promise<Map<Box, Account>> {
    if (this.collector.running === undefined) await this.collector.start();
    const boxes = [this.box, this.neighbour, ...more].filter((box) => box.starts > 0);
    await Promise.all(boxes.map((box) => box.drain()));
    const spools = await Promise.all(boxes.map(async (box) => (await box.stopped()).spool));
    await this.collector.stop();
    const { standings } = await this.table();
    return new Map(
      boxes.map((box, index) => {
        const { accepted, evicted } = spools[index]!;
        const standing = standings.get(box.agent) ?? NOBODY;
        return [box, { ...standing, accepted: sum(accepted), evicted: sum(evicted) }];
      }),
    );
  }

  /** What the table of the stopped collector holds. */
  table(): Promise<TableFacts> {
    return readTable(join(this.collector.data, 'telemetry'));
  }

  /** A small disk in place of a folder. @returns it, to be filled */
  putOnSmallDisk(folder: string, mib: number): SmallDisk {
    const disk = new SmallDisk(folder, mib);
    this.#disks.push(disk);
    return disk;
  }

  async close(): Promise<void> {
    await this.programs.end();
    for (const disk of this.#disks) disk.remove();
    await this.programs.close();
  }
}

/** Accepted = stored + told as lost, nothing twice, no batch in part. */
export function assertExact(accounts: ReadonlyMap<Box, Account>): void {
  for (const [box, account] of accounts) {
    const told = EVICTIONS.reduce((total, reason) => total + (account.gaps[reason] ?? 0), 0);
    const books = `${box.site}: ${JSON.stringify(account)}`;
    assert.ok(account.accepted > 0, `nothing was accepted; ${books}`);
    assert.equal(account.records, account.accepted - account.evicted, `accepted is not stored and evicted; ${books}`);
    assert.ok(told >= account.evicted, `evicted and not told; ${books}`);
    assert.equal(account.twice, 0, `stored twice; ${books}`);
    assert.equal(account.torn, 0, `batches in part; ${books}`);
  }
}

/** For the table of results. */
export function describeBooks(accounts: ReadonlyMap<Box, Account>): string {
  const all = [...accounts.values()];
  const total = (of: (account: Account) => number): number => all.reduce((amount, account) => amount + of(account), 0);
  const records = total((account) => account.records).toLocaleString('en');
  const evicted = total((account) => account.evicted);
  return `${records} records once each${evicted === 0 ? '' : `, ${evicted.toLocaleString('en')} evicted and told`}`;
}
