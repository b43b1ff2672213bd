import type { AnyRecord } from '../../protocol/records/records.js';
import { told, type ZeekLog, zeekVector } from './zeek-log.js';

const isOurs = (record: AnyRecord): boolean => record['network.protocol'] === 'mqtt';
const listOf = (record: AnyRecord | undefined, field: string): readonly string[] =>
  (record?.[`hinomi.mqtt.${field}`] ?? []) as readonly string[];
const whole = (value: string | undefined): boolean => value !== undefined;

/** mqtt_connect.log. */
export const MQTT_CONNECT_LOG: ZeekLog = {
  name: 'mqtt_connect',
  isOurs,
  fields: (row, record) =>
    (
      [
        ['proto_version', told(row, 'proto_version'), record?.['hinomi.session.version']],
        ['client_id', told(row, 'client_id'), record?.['hinomi.mqtt.client_id']],
        ['will_topic', told(row, 'will_topic'), record?.['hinomi.mqtt.will_topic']],
        [
          'connect_status',
          told(row, 'connect_status', (text) => (text === 'Connection Accepted' ? 'success' : 'failure')),
          record?.['hinomi.session.outcome'],
        ],
      ] as const
    ).filter(([, expected]) => whole(expected)),
};

/** mqtt_publish.log: a row for each message; of ours the topics of a conversation. */
export const MQTT_PUBLISH_LOG: ZeekLog = {
  name: 'mqtt_publish',
  isShared: true,
  isOurs,
  fields: (row, record) => {
    const topic = told(row, 'topic');
    const list = listOf(record, row['from_client'] === 'T' ? 'published' : 'received');
    return [['topic', topic, list.find((each) => each === topic)]];
  },
};

/** mqtt_subscribe.log. */
export const MQTT_SUBSCRIBE_LOG: ZeekLog = {
  name: 'mqtt_subscribe',
  isShared: true,
  isOurs,
  fields: (row, record) => {
    const topics = zeekVector(row['topics'] ?? '-');
    return [['topics', topics, topics.filter((topic) => listOf(record, 'subscribed').includes(topic))]];
  },
};
