/**
 * From a UDP socket to the spool: the real listener, dialects and spool in this process, a sender in another.
 *
 *   npx tsx bench/syslog.ts [--rate 10000] [--seconds 60] [--flood 10]
 *
 * First at a fixed rate: nothing may be lost. Then as much as the sender can for some seconds: lines taken by CPU second.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { Dialects } from '../agent/dialects/dialects.js';
import { Spool, SpoolConfig } from '../agent/spool/spool.js';
import { Syslog, SyslogConfig } from '../agent/syslog/syslog.js';
import { loadConfig } from '../protocol/base/config.js';
import { silentLogger } from '../protocol/base/log.js';
import { systemClock } from '../protocol/base/time.js';
import { describeRun } from './machine.js';

const LOCAL = '127.0.0.1';
const TICK_MS = 5;
const FLOOD_BATCH = 64;

/** As devices write them, in about the shares of a small office. */
const LINES = [
  '<189>date=2026-11-25 time=10:00:00 devname="fw-1" devid="FG100E0000000001" eventtime=1795600000000000000 tz="+0900" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" srcip=192.0.2.10 srcport=50123 srcintf="lan" dstip=198.51.100.7 dstport=443 dstintf="wan1" action="close" policyid=1 service="HTTPS" proto=6 duration=12 sentbyte=1234 rcvdbyte=56789',
  '<185>date=2026-11-25 time=10:00:01 devname="fw-1" devid="FG100E0000000001" logid="0211008192" type="utm" subtype="virus" eventtype="infected" level="warning" vd="root" srcip=192.0.2.10 dstip=198.51.100.7 srcport=50000 dstport=80 action="blocked" virus="EICAR_TEST_FILE" msg="File is infected."',
  '<30>device_name="SFW" timestamp="2026-11-25T10:00:02+0900" device_model="XGS107" device_serial_id="X000000000000001" log_id="010101600001" log_type="Firewall" log_component="Firewall Rule" log_subtype="Allowed" log_version=1 severity="Information" fw_rule_id="5" src_ip="192.0.2.11" dst_ip="198.51.100.8" protocol="TCP" src_port=51000 dst_port=443',
  '<14>Nov 25 10:00:03 pa-1 1,2026/11/25 10:00:03,001801000001,TRAFFIC,end,2561,2026/11/25 10:00:03,192.0.2.12,198.51.100.9,0.0.0.0,0.0.0.0,allow-web,,,web-browsing,vsys1,trust,untrust,ethernet1/2,ethernet1/1,log,2026/11/25 10:00:03,12345,1,50001,80,0,0,0x19,tcp,allow,1000,400,600,10,2026/11/25 09:59:50,5,any,0',
  '<166>Nov 25 2026 10:00:04 asa-1 : %ASA-6-302013: Built outbound TCP connection 12345 for outside:198.51.100.10/443 (198.51.100.10/443) to inside:192.0.2.13/50002 (203.0.113.1/50002)',
  '<134>Nov 25 10:00:05 pfsense filterlog[12345]: 5,,,1000000103,igb0,match,block,in,4,0x0,,64,0,0,DF,6,tcp,60,198.51.100.11,192.0.2.1,40000,22,0,S,1,,65535,,mss',
  '<13>[INSPECT] LAN2[out][101098] TCP 192.0.2.14:50003 > 198.51.100.12:443 (2026/11/25 10:00:00)',
  '<38>Nov 25 10:00:06 srv sshd[999]: Failed password for invalid user admin from 198.51.100.13 port 40001 ssh2',
  'CEF:0|Ubiquiti|UniFi Network|10.0.1|201|Threat Detected and Blocked|7|src=192.0.2.15 dst=198.51.100.14 spt=50004 dpt=80 act=blocked msg=A threat was blocked',
  '<30>1 2026-11-25T10:00:07.123456+09:00 host app 123 ID47 - the daily work is done',
];

interface Options {
  readonly rate: number;
  readonly seconds: number;
  readonly flood: number;
}

/** Sends so many lines a second, evenly; 0: as many as it can. */
async function send(port: number, rate: number, seconds: number): Promise<number> {
  const socket = createSocket({ type: 'udp4', sendBufferSize: 8 * 2 ** 20 });
  await new Promise<void>((connected) => socket.connect(port, LOCAL, connected));
  const datagrams = LINES.map((line) => Buffer.from(line));
  const startMs = performance.now();
  let sent = 0;
  for (let passedMs = 0; passedMs < seconds * 1_000; passedMs = performance.now() - startMs) {
    const due = rate === 0 ? sent + FLOOD_BATCH : Math.min(rate * seconds, Math.round((passedMs * rate) / 1_000));
    let last: Promise<void> | undefined;
    for (; sent < due; sent++) {
      const datagram = datagrams[sent % datagrams.length]!;
      if (sent + 1 < due) socket.send(datagram, () => {});
      else last = new Promise((done) => socket.send(datagram, () => done()));
    }
    await last;
    if (rate > 0) await sleep(TICK_MS);
  }
  socket.close();
  return sent;
}

function startSender(port: number, rate: number, seconds: number): ChildProcess {
  const self = fileURLToPath(import.meta.url);
  const args = ['--import', 'tsx', self, 'send', `${port}`, `${rate}`, `${seconds}`];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function measure(name: string, rate: number, seconds: number): Promise<void> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'hinomi-bench-syslog-'));
  const world = { clock: systemClock, random: Math.random, log: silentLogger };
  const spool = new Spool(loadConfig(SpoolConfig, {}), { ...world, dataFolder, boot: 'bench', machineBoot: 'bench' });
  await spool.start();
  const dialects = new Dialects({ zone: 'Asia/Tokyo' });
  const lost: Record<string, number> = {};
  const places = {
    addresses: [LOCAL],
    udpPorts: [0],
    tcpPorts: [],
    tlsPorts: [],
    ratePerS: 1_000_000,
    burst: 1_000_000,
  };
  const syslog = new Syslog(loadConfig(SyslogConfig, { overrides: places }), {
    ...{ ...world, dataFolder },
    record: (text, receivedMs) => dialects.record(text, receivedMs),
    accept: (lane, line) => void spool.append(lane, line),
    lost: (_lane, reason, count) => {
      lost[reason] = (lost[reason] ?? 0) + count;
    },
  });
  await syslog.start();
  const port = syslog.stats().doors[0]?.port ?? 0;
  const sender = startSender(port, rate, seconds);
  let output = '';
  sender.stdout?.on('data', (chunk) => {
    output += String(chunk);
  });
  const before = process.cpuUsage();
  const startMs = performance.now();
  await once(sender, 'close');
  await sleep(500);
  const used = process.cpuUsage(before);
  const tookS = (performance.now() - startMs) / 1_000;
  const cpuS = (used.user + used.system) / 1e6;
  await syslog.close();
  const stats = syslog.stats().sources[0];
  await spool.flush();
  const { accepted, refusedRecords } = spool.stats();
  const stored = Object.values(accepted).reduce((sum, count) => sum + count, 0);
  await spool.close();
  rmSync(dataFolder, { recursive: true, force: true });
  const taken = stats?.messages ?? 0;
  process.stdout.write(
    `| ${name} | ${output.trim()} | ${taken} | ${lost.udp_receive_buffer ?? 0} | ${refusedRecords} | ${stored} | ` +
      `${tookS.toFixed(1)} | ${cpuS.toFixed(1)} | ${Math.round(taken / cpuS)} | ${stats?.parsedShare ?? 0} |\n`,
  );
}

async function run(options: Options): Promise<void> {
  process.stdout.write(
    `${describeRun()}\n\n| | sent | taken | dropped by the kernel | refused by the spool | records stored | s | CPU s | lines/CPU s | understood |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n`,
  );
  await measure(`${options.rate} lines/s`, options.rate, options.seconds);
  if (options.flood > 0) await measure('as fast as the sender can', 0, options.flood);
}

const program = new Command('bench/syslog');
program
  .option('--rate <lines>', 'a second', Number, 10_000)
  .option('--seconds <n>', 'at that rate', Number, 60)
  .option('--flood <n>', 'seconds of as many as the sender can; 0: none', Number, 10)
  .action((options: Options) => run(options));
program
  .command('send <port> <rate> <seconds>', { hidden: true })
  .action(async (port: string, rate: string, seconds: string) => {
    process.stdout.write(`${await send(Number(port), Number(rate), Number(seconds))}\n`);
  });
await program.parseAsync();
