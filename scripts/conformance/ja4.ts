import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recordings } from './recording.js';
import type { Tally } from './tally.js';

const SUITE = 'ja4';
const EXPECTED = 'expected-rust-ja4-only.json';

interface Stream {
  readonly transport: string;
  readonly src: string;
  readonly dst: string;
  readonly src_port: number;
  readonly dst_port: number;
  readonly tls_server_name?: string;
  readonly ja4?: string;
}

/** JA4 and server name of each client that the reference program found. */
export async function compareJa4(folder: string, recordings: Recordings, tally: Tally): Promise<void> {
  const expected: Record<string, Stream[]> = JSON.parse(readFileSync(join(folder, EXPECTED), 'utf8'));
  for (const [name, streams] of Object.entries(expected)) {
    const path = join(folder, 'pcap', name);
    const wanted = streams.filter(({ ja4 }) => ja4 !== undefined);
    if (wanted.length === 0) continue;
    if (!existsSync(path)) {
      tally.skip(SUITE, 'capture not there');
      continue;
    }
    const { others } = await recordings.replay(path, false);
    for (const stream of wanted) {
      const ours = others.filter(
        (record) =>
          record['event.dataset'] === 'tls' &&
          record['network.transport'] === stream.transport &&
          record['source.ip'] === stream.src &&
          record['source.port'] === stream.src_port &&
          record['destination.port'] === stream.dst_port,
      );
      const best = ours.find((record) => record['tls.client.ja4'] === stream.ja4) ?? ours[0];
      const common = {
        suite: SUITE,
        subject: `${name} ${stream.transport} ${stream.src}:${stream.src_port}`,
        context: {},
      };
      tally.add({ ...common, field: 'ja4', expected: stream.ja4, actual: best?.['tls.client.ja4'] });
      const serverName = best?.['tls.client.server_name'];
      tally.add({ ...common, field: 'server_name', expected: stream.tls_server_name, actual: serverName });
    }
  }
}
