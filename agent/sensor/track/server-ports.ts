/**
 * Ports where servers listen, for guessing who is the server when a conversation is first seen in its middle.
 * The well-known ones of the protocols that the sensor and its peers decode.
 */
const TCP_PORTS = [
  21, 22, 23, 25, 53, 79, 80, 81, 88, 102, 110, 135, 139, 143, 389, 443, 445, 465, 502, 512, 513, 514, 515, 563, 585,
  587, 614, 631, 636, 989, 990, 992, 993, 994, 995, 1080, 1433, 1434, 1521, 1883, 2000, 3128, 3268, 3306, 3389, 5060,
  5061, 5222, 5223, 5269, 5432, 5900, 5985, 6379, 6514, 6666, 6667, 6668, 6669, 8000, 8080, 8443, 8883, 8888, 20000,
];
const UDP_PORTS = [
  53, 67, 88, 123, 137, 161, 162, 389, 443, 514, 1812, 2123, 2152, 3544, 4011, 4789, 5060, 5072, 5353, 5355, 6081,
  20000,
];

const isTcp = tableOf(TCP_PORTS);
const isUdp = tableOf(UDP_PORTS);

function tableOf(ports: readonly number[]): Uint8Array {
  const table = new Uint8Array(65_536);
  for (const port of ports) table[port] = 1;
  return table;
}

export const isTcpServerPort = (port: number): boolean => isTcp[port] === 1;
export const isUdpServerPort = (port: number): boolean => isUdp[port] === 1;
