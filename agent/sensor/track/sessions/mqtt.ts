import { u8 } from '../../wire/bytes.js';
import {
  decodeMqttConnect,
  type MqttPacket,
  MqttType,
  mqttConnAckCode,
  mqttFilters,
  mqttPacket,
  mqttPublishTopic,
} from '../../wire/mqtt.js';
import { Facts } from '../facts.js';
import { type Conversation, DONE, type Protocol, type Session, Verdict } from '../session.js';

/** Packets longer than this carry what is published: their beginning has the topic. */
const PACKET_BYTES_MAX = 16_384;
/** By then a client has said what it wants. */
const FIRST_TOLD_US = 60e6;

/** 3.1.1 3.2.2.3, and the reason codes of 5.0 3.2.2.2 that say the same. */
const CODES: Readonly<Record<number, string>> = {
  1: 'unacceptable protocol version',
  2: 'identifier rejected',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorized',
  128: 'unspecified error',
  129: 'malformed packet',
  130: 'protocol error',
  132: 'unacceptable protocol version',
  133: 'identifier rejected',
  134: 'bad user name or password',
  135: 'not authorized',
  136: 'server unavailable',
  137: 'server busy',
  138: 'banned',
  140: 'bad authentication method',
  151: 'quota exceeded',
  159: 'connection rate exceeded',
};

/** MQTT 3.1, 3.1.1 and 5.0 in the clear: which thing talks to the broker, as whom, about what. */
export const MQTT: Protocol = {
  name: 'mqtt',
  transport: 'tcp',
  datasets: ['session'],
  recognise: (b, start, end) => {
    if (u8(b, start) !== 0x10) return Verdict.No;
    const packet = mqttPacket(b, start, end);
    if (packet === 'more') return Verdict.More;
    if (packet === undefined || packet.end - packet.start < 12) return Verdict.No;
    if (end - packet.start < 8) return Verdict.More;
    const name = b.toString('latin1', packet.start + 2, packet.start + 8);
    const isFour = u8(b, packet.start) === 0 && u8(b, packet.start + 1) === 4 && name.startsWith('MQTT');
    return isFour || name === 'MQIsdp' ? Verdict.Yes : Verdict.No;
  },
  open: (conversation) => new MqttSession(conversation),
};

class MqttSession implements Session {
  readonly #facts: Facts;
  #level = 4;
  #isEarly = true;

  constructor(conversation: Conversation) {
    this.#facts = new Facts(conversation);
  }

  onBytes(side: number, b: Buffer, start: number, end: number, timeUs: number): number {
    if (this.#facts.tellNowAndThen(timeUs, this.#isEarly ? FIRST_TOLD_US : undefined)) this.#isEarly = false;
    this.#facts.at(timeUs);
    let at = start;
    while (at < end) {
      const packet = mqttPacket(b, at, end);
      if (packet === undefined) return DONE;
      if (packet === 'more') break;
      const isLong = packet.end - packet.start > PACKET_BYTES_MAX;
      if (packet.end > end && !(isLong && end - packet.start >= Math.min(PACKET_BYTES_MAX, 1_024))) break;
      this.#onPacket(side, packet, b, Math.min(packet.end, end));
      at = packet.end;
    }
    return at - start;
  }

  onEnd(): void {
    this.#facts.tell();
  }

  #onPacket(side: number, { type, start }: MqttPacket, b: Buffer, end: number): void {
    const facts = this.#facts;
    switch (type) {
      case MqttType.Connect:
        this.#onConnect(b, start, end);
        break;
      case MqttType.ConnAck:
        this.#onAnswer(mqttConnAckCode(b, start, end));
        break;
      case MqttType.Publish:
        facts.add(side === 0 ? 'hinomi.mqtt.published' : 'hinomi.mqtt.received', mqttPublishTopic(b, start, end));
        break;
      case MqttType.Subscribe:
        for (const filter of mqttFilters(b, start, end, this.#level)) facts.add('hinomi.mqtt.subscribed', filter);
        break;
    }
  }

  #onConnect(b: Buffer, start: number, end: number): void {
    const connect = decodeMqttConnect(b, start, end);
    if (connect === undefined) return;
    this.#level = connect.level;
    const facts = this.#facts;
    facts.first('hinomi.session.version', connect.version);
    facts.first('hinomi.mqtt.client_id', connect.clientId);
    facts.first('hinomi.mqtt.will_topic', connect.willTopic);
    facts.first('hinomi.mqtt.keep_alive_s', connect.keepAliveS);
    facts.first('user.name', connect.user);
    if (!connect.hasPassword) return;
    facts.set('hinomi.session.cleartext_login', true);
    facts.set('hinomi.session.auth_method', 'password');
  }

  #onAnswer(code: number | undefined): void {
    if (code === undefined) return;
    this.#facts.set('hinomi.session.outcome', code === 0 ? 'success' : 'failure');
    if (code !== 0) this.#facts.set('hinomi.session.error', CODES[code] ?? String(code));
  }
}
