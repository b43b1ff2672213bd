import type { Scenario } from './lab/scenario.js';

export const DTLS: Scenario = {
  name: 'dtls',
  title: 'DTLS: openssl talks to openssl',
  packages: ['openssl'],
  async run(lab) {
    const { client, server, at } = lab;
    const { cert, key } = await lab.certificate('vpn.office.example');
    // It ends with its input.
    await server.serve(
      [
        'sh',
        '-c',
        'sleep infinity | exec "$@"',
        'sh',
        'openssl',
        's_server',
        '-dtls1_2',
        '-accept',
        '4433',
        '-cert',
        cert,
        '-key',
        key,
        '-alpn',
        'webrtc',
      ],
      ['udp/4433'],
    );
    const connect = ['openssl', 's_client', '-dtls1_2', '-connect', `${at.server}:4433`, '-alpn', 'webrtc'];
    await client.run([...connect, '-servername', 'vpn.office.example'], { input: 'hello\n', seconds: 3 });
    lab.step('openssl s_client -dtls1_2 -servername vpn.office.example', {
      'event.dataset': 'tls',
      'network.transport': 'udp',
      'network.protocol': 'dtls',
      'tls.version': '1.2',
      'tls.version_protocol': 'dtls',
      'tls.client.server_name': 'vpn.office.example',
      'tls.next_protocol': 'webrtc',
      'tls.server.subject': /CN=vpn\.office\.example/,
      'tls.established': true,
    });
  },
};
