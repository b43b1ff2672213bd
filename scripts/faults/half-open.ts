import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from './fault.js';
import { assertExact, describeBooks, Stage } from './stage.js';
import { Undisturbed } from './undisturbed.js';

const NETWORK = 'hnm-fault-box';
const COLLECTOR = '10.77.0.1';
const BOX = '10.77.0.2';
const KEEPALIVE_S = 5;

/** A line that swallows everything, without a word to either end: a NAT that forgot, a provider in trouble. */
export const halfOpen: Fault = {
  name: 'half-open',
  what: 'the line swallows everything, and no end is told',
  needs: ['root'],
  play: ({ isShort }) =>
    Stage.play({ broker: { host: '0.0.0.0', names: ['localhost', '127.0.0.1', COLLECTOR] } }, async (stage) => {
      const { box, neighbour, collector } = stage;
      makeLine();
      const port = new URL(collector.listening?.mqttUrl ?? '').port;
      await neighbour.start({ speed: 1 });
      const publish = {
        url: `mqtts://${COLLECTOR}:${port}`,
        keepaliveS: KEEPALIVE_S,
        ackTimeoutMs: 2_000,
        backoffMsMax: 3_000,
      };
      await box.start({ config: { publish }, prefix: ['ip', 'netns', 'exec', NETWORK], speed: 4 });
      await wait(2_000);
      const undisturbed = new Undisturbed(neighbour);
      assert.equal(await collector.metric('hinomi_broker_connections'), 2);
      cutLine();
      await box.untilStatus('gives the connection up', ({ publisher }) => publisher.state !== 'connected');
      // MQTT 3.1.1 3.1.2.10: the server waits one and a half times the keep-alive.
      await wait((KEEPALIVE_S * 1.5 + (isShort ? 3 : 30)) * 1_000);
      assert.equal(await collector.metric('hinomi_broker_connections'), 1, 'the collector keeps a dead connection');
      mendLine();
      await box.untilStatus('is back', ({ publisher }) => publisher.state === 'connected');
      const neighbourly = undisturbed.end();
      const books = await stage.settle();
      assertExact(books);
      return `both ends gave it up and found each other again; ${neighbourly}; ${describeBooks(books)}`;
    }),
};

/** A bridge here, and the box in a network of its own; both are gone with our namespaces. */
function makeLine(): void {
  for (const command of [
    `ip netns add ${NETWORK}`,
    'ip link add bridge0 type bridge',
    `ip address add ${COLLECTOR}/24 dev bridge0`,
    'ip link set bridge0 up',
    `ip link add wire0 type veth peer name wire1 netns ${NETWORK}`,
    'ip link set wire0 master bridge0',
    'ip link set wire0 up',
    `ip -n ${NETWORK} address add ${BOX}/24 dev wire1`,
    `ip -n ${NETWORK} link set wire1 up`,
    `ip -n ${NETWORK} link set lo up`,
  ])
    run(command);
}

/** Off the bridge: the carrier stays, every packet is lost. */
const cutLine = (): void => run('ip link set wire0 nomaster');
const mendLine = (): void => run('ip link set wire0 master bridge0');

function run(command: string): void {
  const [file = '', ...args] = command.split(' ');
  execFileSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
