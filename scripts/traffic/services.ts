/** Messages of small services: SNMP, NTP, SSDP, MQTT, Telnet. Contents are made up. */

/** ITU-T X.690: tag, length, contents. */
export function der(tag: number, ...contents: readonly (Buffer | number)[]): Buffer {
  const body = Buffer.concat(contents.map((each) => (typeof each === 'number' ? Buffer.of(each) : each)));
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), body]);
}

/** @param value below 2^31 */
export function derNumber(value: number, tag = 0x02): Buffer {
  const bytes = [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
  while (bytes.length > 1 && bytes[0] === 0 && bytes[1]! < 0x80) bytes.shift();
  return der(tag, Buffer.from(bytes));
}

export const derText = (text: string): Buffer => der(0x04, Buffer.from(text));

export function derOid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Buffer.from(bytes));
}

export const SNMP_TAG = {
  get: 0xa0,
  next: 0xa1,
  response: 0xa2,
  set: 0xa3,
  trap1: 0xa4,
  bulk: 0xa5,
  trap2: 0xa7,
  report: 0xa8,
};

export type Bindings = readonly (readonly [oid: string, value: Buffer])[];
const NULL = Buffer.of(5, 0);

export function snmpPdu(tag: number, bindings: Bindings, error = 0): Buffer {
  const list = bindings.map(([oid, value]) => der(0x30, derOid(oid), value));
  return der(tag, derNumber(1), derNumber(error), derNumber(0), der(0x30, ...list));
}

/** @param version 0 is 1, 1 is 2c */
export function snmp(version: 0 | 1, community: string, pdu: Buffer): Buffer {
  return der(0x30, derNumber(version), derText(community), pdu);
}

export function snmpGet(community: string, ...oids: readonly string[]): Buffer {
  return snmp(
    1,
    community,
    snmpPdu(
      SNMP_TAG.get,
      oids.map((oid) => [oid, NULL] as const),
    ),
  );
}

/** @param pdu undefined when it is encrypted */
export function snmp3(user: string, pdu: Buffer | undefined): Buffer {
  const header = der(0x30, derNumber(7), derNumber(65_507), der(0x04, pdu === undefined ? 7 : 5), derNumber(3));
  const engine = Buffer.from('8000000001020304', 'hex');
  const security = der(
    0x30,
    der(0x04, engine),
    derNumber(1),
    derNumber(2),
    derText(user),
    der(0x04, Buffer.alloc(12, 9)),
    der(0x04),
  );
  const scoped = pdu === undefined ? der(0x04, Buffer.alloc(40, 0x77)) : der(0x30, der(0x04, engine), derText(''), pdu);
  return der(0x30, derNumber(3), header, der(0x04, security), scoped);
}

/** The answer to `read-variables` of mode 6. RFC 9327 4.1. */
export function ntpControl(isResponse: boolean, text: string): Buffer {
  const b = Buffer.alloc(12);
  b.set([(4 << 3) | 6, (isResponse ? 0x80 : 0) | 2]);
  b.writeUInt16BE(text.length, 10);
  return Buffer.concat([b, Buffer.from(text)]);
}

/** ntpd's mode 7. @param code 42 is MON_GETLIST_1 */
export const ntpPrivate = (code: number): Buffer => Buffer.of((2 << 3) | 7, 0, 3, code, 0, 0, 0, 0);

export function lines(...list: readonly string[]): Buffer {
  return Buffer.from(`${list.join('\r\n')}\r\n\r\n`);
}

export const SSDP_SEARCH = lines(
  'M-SEARCH * HTTP/1.1',
  'HOST: 239.255.255.250:1900',
  'MAN: "ssdp:discover"',
  'MX: 1',
  'ST: urn:schemas-upnp-org:device:MediaServer:1',
  'USER-AGENT: Generated/1 UPnP/1.1 Test/1',
);
export const SSDP_NOTIFY = lines(
  'NOTIFY * HTTP/1.1',
  'HOST: 239.255.255.250:1900',
  'LOCATION: http://192.168.1.40:49152/device.xml',
  'NT: upnp:rootdevice',
  'NTS: ssdp:alive',
  'SERVER: Linux/5.4 UPnP/1.0 Nas/2.1',
  'USN: uuid:4d696e69-0000::upnp:rootdevice',
);
export const SSDP_ANSWER = lines(
  'HTTP/1.1 200 OK',
  'ST: upnp:rootdevice',
  'Location: http://192.168.1.40:49152/device.xml',
  'Server: Linux/5.4 UPnP/1.0 Nas/2.1',
  'USN: uuid:4d696e69-0000::upnp:rootdevice',
);

const mqttText = (text: string): Buffer => {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.of(body.length >> 8, body.length & 0xff), body]);
};

/** A control packet: MQTT 3.1.1 2.2. */
export function mqtt(type: number, flags: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  let left = body.length;
  do {
    const more = Math.floor(left / 128);
    length.push((left & 0x7f) | (more > 0 ? 0x80 : 0));
    left = more;
  } while (left > 0);
  return Buffer.concat([Buffer.of((type << 4) | flags, ...length), body]);
}

export interface MqttLogin {
  readonly level: 3 | 4 | 5;
  readonly clientId: string;
  readonly will?: readonly [topic: string, words: string];
  readonly user?: string;
  readonly password?: string;
}

export function mqttConnect({ level, clientId, will, user, password }: MqttLogin): Buffer {
  const flags =
    (user === undefined ? 0 : 0x80) | (password === undefined ? 0 : 0x40) | (will === undefined ? 0 : 0x04) | 0x02;
  const properties = level === 5 ? [Buffer.of(5, 0x11, 0, 0, 0, 60)] : [];
  const willProperties = level === 5 ? [Buffer.of(0)] : [];
  return mqtt(
    1,
    0,
    mqttText(level === 3 ? 'MQIsdp' : 'MQTT'),
    Buffer.of(level, flags, 0, 60),
    ...properties,
    mqttText(clientId),
    ...(will === undefined ? [] : [...willProperties, mqttText(will[0]), mqttText(will[1])]),
    ...(user === undefined ? [] : [mqttText(user)]),
    ...(password === undefined ? [] : [mqttText(password)]),
  );
}

export const mqttConnAck = (code: number): Buffer => mqtt(2, 0, Buffer.of(0, code));
export const mqttPublish = (topic: string, words: Buffer): Buffer => mqtt(3, 0, mqttText(topic), words);
export const mqttSubscribe = (...filters: readonly string[]): Buffer =>
  mqtt(8, 2, Buffer.of(0, 1), ...filters.flatMap((filter) => [mqttText(filter), Buffer.of(0)]));

/** RFC 854: IAC WILL, WONT, DO and DONT of an option. */
export const TELNET_VERB = { will: 251, wont: 252, do: 253, dont: 254 } as const;
export const telnetOption = (verb: keyof typeof TELNET_VERB, option: number): Buffer =>
  Buffer.of(255, TELNET_VERB[verb], option);
/** IAC SB option ... IAC SE. */
export const telnetSub = (option: number, ...body: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.of(255, 250, option), ...body, Buffer.of(255, 240)]);
