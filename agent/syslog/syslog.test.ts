import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../protocol/base/config.js';
import { silentLogger } from '../../protocol/base/log.js';
import { systemClock } from '../../protocol/base/time.js';
import { type AnyRecord, flawOfRecord } from '../../protocol/records/records.js';
import { flawOfSyslog, Syslog, SyslogConfig } from './syslog.js';

const LOCAL = '127.0.0.1';
const folders: string[] = [];
const open: Syslog[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const syslog of open.splice(0)) await syslog.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

class Stage {
  readonly records: AnyRecord[] = [];
  readonly lost: [string, number][] = [];
  readonly zones: string[] = [];
  readonly folder: string;
  readonly syslog: Syslog;

  constructor(settings: object, folder = mkdtempSync(join(tmpdir(), 'hinomi-syslog-'))) {
    this.folder = folder;
    folders.push(folder);
    const config = loadConfig(SyslogConfig, {
      overrides: {
        ...{ addresses: [LOCAL], udpPorts: [0], tcpPorts: [0], tlsPorts: [0], lossMs: 50, retryMs: 50 },
        ...settings,
      },
    });
    this.syslog = new Syslog(config, {
      ...{ clock: systemClock, random: Math.random, log: silentLogger, dataFolder: folder },
      record: (text, receivedMs, zone) => {
        this.zones.push(zone);
        return {
          ...{ '@timestamp': new Date(receivedMs).toISOString(), 'event.kind': 'event', 'event.dataset': 'utm' },
          ...{ 'event.original': text, 'hinomi.event_class': 'unknown', 'hinomi.parse.status': 'full' },
        };
      },
      accept: (_lane, line) => void this.records.push(JSON.parse(line.toString())),
      lost: (_lane, reason, count) => void this.lost.push([reason, count]),
    });
    open.push(this.syslog);
  }

  async start(): Promise<this> {
    await this.syslog.start();
    return this;
  }

  port(transport: string): number {
    return this.syslog.stats().doors.find((door) => door.transport === transport)?.port ?? 0;
  }

  get messages(): unknown[] {
    return this.records.filter((record) => record['event.dataset'] === 'utm').map((record) => record['event.original']);
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error('did not happen');
    await new Promise((wait) => setTimeout(wait, 10));
  }
}

function tcp(port: number, bytes: string | Buffer = ''): Socket {
  const socket = connect(port, LOCAL);
  sockets.push(socket.on('error', () => {}));
  socket.write(bytes);
  return socket;
}

async function udp(port: number, ...datagrams: (string | Buffer)[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const datagram of datagrams) await new Promise((sent) => socket.send(datagram, port, LOCAL, sent));
  socket.close();
}

describe('a listener', () => {
  test('takes a datagram as a message, without the line end or NUL behind it', async () => {
    const stage = await new Stage({}).start();
    await udp(stage.port('udp'), '<13>one\n', '<13>two\0', '\n', '<13>three\nlines');
    await until(() => stage.messages.length === 3);
    expect(stage.messages).toEqual(['<13>one', '<13>two', '<13>three\nlines']);
    const port = stage.port('udp');
    expect(stage.records[0]).toMatchObject({
      'log.source.address': LOCAL,
      'hinomi.source.id': `udp/${LOCAL}/${port}`,
      'observer.ip': [LOCAL],
    });
    expect(flawOfRecord(stage.records[0])).toBeUndefined();
  });

  test('finds the framing of each TCP connection', async () => {
    const stage = await new Stage({}).start();
    tcp(stage.port('tcp'), '9 <13>first10 <13>a\nb\nc').end();
    await until(() => stage.messages.length === 2);
    tcp(stage.port('tcp'), '<13>line\r\n<13>last').end();
    await until(() => stage.messages.length === 4);
    expect(stage.messages).toEqual(['<13>first', '<13>a\nb\nc', '<13>line', '<13>last']);
  });

  test('takes TLS with a certificate of its own, which stays the same', async () => {
    const stage = await new Stage({}).start();
    const { fingerprint } = stage.syslog.stats().tls ?? {};
    const socket = connectTls({
      port: stage.port('tls'),
      host: LOCAL,
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.2',
    });
    sockets.push(socket);
    await new Promise((connected) => socket.once('secureConnect', connected));
    expect(socket.getPeerCertificate().fingerprint256).toBe(fingerprint);
    socket.write('12 <13>over TLS');
    await until(() => stage.messages.length === 1);
    await stage.syslog.close();
    const again = await new Stage({}, stage.folder).start();
    expect(again.syslog.stats().tls?.fingerprint).toBe(fingerprint);
  });

  test('ends without waiting for those that are connected', async () => {
    const stage = await new Stage({}).start();
    tcp(stage.port('tcp'), '<13>half a line');
    tcp(stage.port('tls'));
    await until(() => stage.syslog.stats().connections === 1);
    await new Promise((wait) => setTimeout(wait, 100));
    await stage.syslog.close();
    expect(stage.messages).toEqual(['<13>half a line']);
  });

  test('says that a port is taken, and takes it when it is free', async () => {
    const other = createServer();
    await new Promise<void>((listening) => other.listen(0, LOCAL, listening));
    const { port } = other.address() as { port: number };
    const stage = await new Stage({ tcpPorts: [port] }).start();
    const door = () => stage.syslog.stats().doors.find(({ transport }) => transport === 'tcp');
    expect(door()?.state).toBe('taken');
    other.close();
    await until(() => door()?.state === 'listening');
  });

  test('hears nobody who is not allowed, and counts it', async () => {
    const stage = await new Stage({ allow: ['192.168.0.0/16'] }).start();
    await udp(stage.port('udp'), '<13>one');
    tcp(stage.port('tcp'), '<13>two\n');
    await until(() => stage.syslog.stats().refused === 2);
    expect(stage.messages).toEqual([]);
  });

  test('takes so many of a source a second, and tells what was beyond', async () => {
    const stage = await new Stage({ ratePerS: 1, burst: 5 }).start();
    tcp(stage.port('tcp'), '<13>x\n'.repeat(100));
    await until(() => stage.lost.length > 0);
    expect(stage.messages).toHaveLength(5);
    expect(stage.lost).toEqual([['source_flooded', 95]]);
    expect(stage.syslog.stats().sources[0]).toMatchObject({ messages: 5, flooded: 95 });
  });

  test('ends the connection of who never ends a message that it has counted', async () => {
    const stage = await new Stage({ halfFrameMs: 100 }).start();
    const socket = tcp(stage.port('tcp'), '6 <1>one900 <1>never');
    await new Promise((closed) => socket.once('close', closed));
    expect(stage.messages).toEqual(['<1>one', '<1>never']);
    expect(stage.records[1]).toMatchObject({ 'hinomi.parse.status': 'partial' });
    expect(stage.syslog.stats().ended.slow).toBe(1);
  });

  test('tells a message without an end after a while, and keeps the connection', async () => {
    const stage = await new Stage({ halfFrameMs: 100 }).start();
    const socket = tcp(stage.port('tcp'), '<13>one');
    await until(() => stage.messages.length === 1);
    socket.write('<13>two');
    await until(() => stage.messages.length === 2);
    expect(stage.syslog.stats().connections).toBe(1);
  });

  test('has so many connections of one sender', async () => {
    const stage = await new Stage({ connectionsPerAddress: 2 }).start();
    for (let index = 0; index < 5; index++) tcp(stage.port('tcp'));
    await until(() => stage.syslog.stats().ended.tooMany === 3);
    expect(stage.syslog.stats().connections).toBe(2);
  });

  test('knows so many sources, and forgets the one heard longest ago', async () => {
    const stage = await new Stage({ sourcesMax: 2 }).start();
    await udp(stage.port('udp'), '<13>1');
    await until(() => stage.messages.length === 1);
    await new Promise((wait) => setTimeout(wait, 5));
    tcp(stage.port('tcp'), '<13>2\n');
    await until(() => stage.messages.length === 2);
    const socket = connectTls({ port: stage.port('tls'), host: LOCAL, rejectUnauthorized: false });
    sockets.push(socket);
    socket.write('<13>3\n');
    await until(() => stage.messages.length === 3);
    const { sources, forgotten } = stage.syslog.stats();
    expect(sources.map(({ transport }) => transport).sort()).toEqual(['tcp', 'tls']);
    expect(forgotten).toBe(1);
  });

  test('reads the texts and times of a sender as the configuration says', async () => {
    const sources = [{ address: '127.0.0.0/8', zone: 'UTC', encoding: 'euc-jp' }];
    const stage = await new Stage({ sources }).start();
    await udp(stage.port('udp'), Buffer.from('a5eda5b0', 'hex'));
    await until(() => stage.messages.length === 1);
    expect(stage.messages).toEqual(['ログ']);
    expect(stage.zones).toEqual(['UTC']);
  });

  test('tells of each source, in records that the collector takes', async () => {
    const stage = await new Stage({ reportMs: 1_000 }).start();
    await udp(stage.port('udp'), '<13>one', '<13>two');
    const told = () => stage.records.filter((record) => record['event.dataset'] === 'source');
    await until(() => told().length >= 2);
    expect(told()[0]).toMatchObject({ 'hinomi.source.messages': 2, 'hinomi.source.full': 2 });
    expect(told()[1]).toMatchObject({ 'hinomi.source.messages': 0, 'hinomi.source.parsed_share': 1 });
    expect(flawOfRecord(told()[0])).toBeUndefined();
  });

  test('misses a source that falls silent, and tells when it is heard again', async () => {
    const silence = { checkMs: 50, minMs: 1_000, unlearnedMs: 1_000, learnMs: 0, learnMessages: 1 };
    const stage = await new Stage({ silence }).start();
    await udp(stage.port('udp'), '<13>one');
    const alerts = () => stage.records.filter((record) => record['event.dataset'] === 'alert');
    await until(() => alerts().length === 1);
    await udp(stage.port('udp'), '<13>two');
    await until(() => alerts().length === 2);
    expect(alerts().map((alert) => alert['hinomi.alert.state'])).toEqual(['raised', 'recovered']);
    expect(alerts().map(flawOfRecord)).toEqual([undefined, undefined]);
  });

  test('tells what the kernel dropped while it was busy', async () => {
    const stage = await new Stage({ receiveBufferBytes: 65_536 }).start();
    const program = `const s = require('dgram').createSocket('udp4'); const b = Buffer.alloc(1000, 'a'); let n = 0;
      const go = () => n++ < 3000 ? s.send(b, ${stage.port('udp')}, '${LOCAL}', go) : s.close(); go();`;
    const child = spawn(process.execPath, ['-e', program], { stdio: 'ignore' });
    const ended = new Promise((done) => child.once('exit', done));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
    await ended;
    await until(() => stage.lost.length > 0 && stage.messages.length > 0);
    await new Promise((wait) => setTimeout(wait, 200));
    const lost = stage.lost.reduce((sum, [, count]) => sum + count, 0);
    expect(stage.lost[0]?.[0]).toBe('udp_receive_buffer');
    expect(lost + stage.messages.length).toBe(3_000);
  });
});

test('networks and zones that are none are said', () => {
  const flaw = (settings: object) => flawOfSyslog(loadConfig(SyslogConfig, { overrides: { ...settings } }));
  expect(flaw({})).toBeUndefined();
  expect(flaw({ allow: ['10.0.0.0/33'] })).toContain('10.0.0.0/33');
  expect(flaw({ zone: 'Asia/Tokio' })).toContain('Asia/Tokio');
  expect(flaw({ tls: { key: 'key.pem' } })).toContain('certificate');
});
