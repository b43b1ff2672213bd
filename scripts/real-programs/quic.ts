import type { Scenario } from './lab/scenario.js';

export const QUIC: Scenario = {
  name: 'quic',
  title: 'QUIC: gtlsclient (ngtcp2 with GnuTLS) asks gtlsserver',
  packages: ['ngtcp2-client', 'ngtcp2-server'],
  async run(lab) {
    const { client, server } = lab;
    await lab.alias('web.office.example', 'other.office.example');
    const { cert, key } = await lab.certificate('web.office.example');
    lab.makeFolder('www');
    lab.file('www/index.html', 'x'.repeat(50_000));
    await server.serve(['gtlsserver', '-q', '-d', lab.path('www'), '*', '443', key, cert], ['udp/443']);
    const quic = { 'event.dataset': 'tls', 'network.protocol': 'quic', 'network.transport': 'udp' };
    const exit = ['-q', '--timeout=2s', '--exit-on-all-streams-close'];
    const ask = (name: string, ...more: string[]): Promise<unknown> =>
      client.run(['gtlsclient', ...exit, ...more, name, '443', `https://${name}/index.html`], {
        seconds: 5,
      });
    await ask('web.office.example');
    lab.step('gtlsclient https://web.office.example/', {
      ...quic,
      'tls.client.server_name': 'web.office.example',
      'tls.version': '1.3',
      'hinomi.tls.alpn': /h3/,
      'tls.client.ja4': /^q13d/,
      'tls.cipher': /^TLS_/,
      'tls.established': true,
      'hinomi.quic.version': '1',
    });
    await ask('other.office.example', '--ciphers=NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+CHACHA20-POLY1305');
    lab.step('gtlsclient with ChaCha20 alone', {
      ...quic,
      'tls.client.server_name': 'other.office.example',
      'tls.cipher': 'TLS_CHACHA20_POLY1305_SHA256',
      'tls.established': true,
    });
  },
};
