import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { countByTcpdump, countPassing, SHARED_FILTERS } from './compare-filters.js';
import { CASES, type CaseName, caseTraffic } from './traffic/cases.js';
import { officeTraffic } from './traffic/office.js';
import type { Packet } from './traffic/packet.js';
import { writeRecording } from './traffic/writers.js';

const START_US = 1_700_000_000e6;
const hasTcpdump = spawnSync('tcpdump', ['--version']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'hinomi-filters-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** tcpdump looks neither behind tags that the filter does not name, nor behind extension headers: ours does. */
const UNTAGGED = (Object.keys(CASES) as CaseName[]).filter(
  (name) => name !== 'vlan' && name !== 'qinq' && name !== 'ipv6-extensions',
);
const TAGGED_FILTERS = SHARED_FILTERS.filter((filter) => filter === '' || filter.includes('vlan'));

async function counts(packets: Iterable<Packet>, filters: readonly string[]): Promise<[object, object]> {
  const path = join(folder, 'recording.pcap');
  await writeRecording(path, packets, 'pcap');
  const ours = await countPassing(path, filters);
  const named = (values: readonly unknown[]) => Object.fromEntries(filters.map((filter, i) => [filter, values[i]]));
  return [named(ours), named(filters.map((filter) => countByTcpdump(path, filter)))];
}

describe.skipIf(!hasTcpdump)(`filters and tcpdump's${hasTcpdump ? '' : ' (skipped: needs tcpdump)'}`, () => {
  it('find as many packets in an office', async () => {
    const hosts = [
      'host 192.168.10.1',
      'src host 192.168.10.101',
      'ether host 02:00:00:00:00:01',
      'arp host 192.168.10.1',
    ];
    const traffic = officeTraffic({ minutes: 1, pcs: 3, seed: 5, startUs: START_US });
    const [ours, theirs] = await counts(traffic, [...SHARED_FILTERS, ...hosts]);
    expect(ours).toEqual(theirs);
    expect(Object.values(ours).filter((count) => count > 0).length).toBeGreaterThan(20);
  });

  it.each(UNTAGGED)('find as many packets in the case %s', async (name) => {
    const [ours, theirs] = await counts(caseTraffic(name, START_US), SHARED_FILTERS);
    expect(ours).toEqual(theirs);
  });

  it.each(['vlan', 'qinq'] as const)('find as many packets in the case %s when tags are named', async (name) => {
    const filters = TAGGED_FILTERS.filter((filter) => name === 'vlan' || filter === '' || !filter.includes('and '));
    const [ours, theirs] = await counts(caseTraffic(name, START_US), [...filters, 'vlan and vlan', 'vlan 100']);
    expect(ours).toEqual(theirs);
  });
});
