/**
 * Counts the packets that our filters and tcpdump's find in the same recordings, and prints where they differ.
 *
 *   npx tsx scripts/compare-filters.ts [--filter 'port 53']... FILE...
 */
import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { openRecording } from '../agent/sensor/capture/recording.js';
import { PacketFilter } from '../agent/sensor/filter/filter.js';

/** Filters that mean the same in both; the last ones look into tags. */
export const SHARED_FILTERS: readonly string[] = [
  ...['', 'ip', 'ip6', 'arp', 'tcp', 'udp', 'icmp', 'icmp6', 'not ip', 'not (tcp or udp)', 'ip and not tcp'],
  ...['port 53', 'udp port 53', 'tcp port 80', 'tcp and port 443', 'src port 53', 'tcp dst port 80', 'port 80 or 443'],
  ...['portrange 1-1023', 'tcp src portrange 1024-65535', 'src and dst port 123', 'not port 22'],
  ...['net 192.168.0.0/16', 'src net 10.0.0.0/8', 'dst net 172.16 mask 255.240.0.0', 'net 10', 'net 192.168'],
  ...['ip6 net fe80::/10', 'net 2001::/16', 'src net 10 and dst net 10', 'src or dst net 192.168.1.0/24'],
  ...['ether broadcast', 'ether multicast', 'less 100', 'greater 1000', 'ip proto 17', 'proto 6', 'ip6 proto 58'],
  ...['port 53 or port 80 and tcp', 'tcp or udp and port 53', 'not port 53 and udp', '!(udp || icmp) && ip'],
  ...['vlan', 'vlan and ip', 'vlan 10', 'vlan 10 and tcp', 'vlan and vlan', 'vlan and udp port 53', 'not vlan'],
];

/** How many packets of a recording pass. @throws as openRecording */
export async function countPassing(path: string, filters: readonly string[]): Promise<number[]> {
  const compiled = filters.map((text) => new PacketFilter(text));
  const counts = filters.map(() => 0);
  const recording = await openRecording(path);
  try {
    const count = (b: Buffer, start: number, end: number, wireBytes: number, _timeUs: number, linkType: number): void =>
      compiled.forEach((filter, index) => {
        if (filter.matches(b, start, end, wireBytes, linkType)) counts[index]! += 1;
      });
    while ((await recording.next(count, 10_000)) === 'more') {}
  } finally {
    await recording.close();
  }
  return counts;
}

/** What tcpdump counts; undefined when it refuses the recording or the filter. */
export function countByTcpdump(path: string, filter: string): number | undefined {
  const { stdout, status } = spawnSync('tcpdump', ['-n', '--count', '-r', path, filter], { encoding: 'utf8' });
  const count = /^(\d+) packets?$/m.exec(stdout)?.[1];
  return status === 0 && count !== undefined ? Number(count) : undefined;
}

async function compare(files: readonly string[], filters: readonly string[]): Promise<void> {
  const sums = { equal: 0, different: 0, unread: 0 };
  for (const file of files) {
    const ours = await countPassing(file, filters).catch(() => undefined);
    for (const [index, filter] of filters.entries()) {
      const theirs = countByTcpdump(file, filter);
      if (ours === undefined || theirs === undefined) sums.unread += 1;
      else if (ours[index] === theirs) sums.equal += 1;
      else {
        sums.different += 1;
        process.stdout.write(`${file}: ${JSON.stringify(filter)}: ${ours[index]} here, ${theirs} by tcpdump\n`);
      }
    }
  }
  process.stdout.write(`${JSON.stringify({ files: files.length, filters: filters.length, ...sums })}\n`);
}

if (process.argv[1]?.endsWith('compare-filters.ts')) {
  const program = new Command('compare-filters')
    .argument('<file...>', 'pcap recordings')
    .option(
      '--filter <text>',
      'in place of the list',
      (text: string, list: string[]) => [...list, text],
      [] as string[],
    )
    .parse();
  const { filter } = program.opts<{ filter: string[] }>();
  await compare(program.args, filter.length === 0 ? SHARED_FILTERS : filter);
}
