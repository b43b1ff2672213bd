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

export const BROWSER: Scenario = {
  name: 'browser',
  title: 'QUIC and TLS of a browser: chromium asks gtlsserver and nginx',
  packages: ['chromium', 'ngtcp2-server', 'nginx-light'],
  async run(lab) {
    const { client, server } = lab;
    await lab.alias('quic.office.example', 'tls.office.example');
    const { cert, key } = await lab.certificate('office.example');
    lab.makeFolder('www');
    lab.file('www/index.html', '<p>hello</p>');
    await server.serve(['gtlsserver', '-q', '-d', lab.path('www'), '*', '443', key, cert], ['udp/443']);
    const listen = `listen 443 ssl http2; ssl_protocols TLSv1.3; ssl_certificate ${cert}; ssl_certificate_key ${key}; root ${lab.folder}/www;`;
    const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const temp = folders.map((name) => `${name}_temp_path ${lab.folder}/${name};`).join(' ');
    const config = `daemon off; error_log stderr; pid ${lab.folder}/pid; events { } http { access_log off; ${temp} server { ${listen} } }`;
    await server.serve(['nginx', '-c', lab.file('nginx.conf', config)], ['tcp/443']);
    const pin = [
      'openssl x509 -in',
      cert,
      '-noout -pubkey | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64',
    ];
    const hash = (await server.must(['sh', '-c', pin.join(' ')])).trim();
    const browse = (name: string, ...more: string[]): Promise<unknown> =>
      client.run(
        [
          ...['chromium', '--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${lab.path(name)}`],
          ...[`--ignore-certificate-errors-spki-list=${hash}`, ...more, '--dump-dom', `https://${name}/index.html`],
        ],
        { seconds: 15, env: { HOME: lab.folder } },
      );
    await browse('quic.office.example', '--origin-to-force-quic-on=quic.office.example:443');
    lab.step('chromium --origin-to-force-quic-on=…', {
      'event.dataset': 'tls',
      'network.protocol': 'quic',
      'tls.client.server_name': 'quic.office.example',
      'tls.version': '1.3',
      'tls.established': true,
      'tls.client.ja4': /^q13d/,
      'hinomi.tls.alpn': 'h3',
      'hinomi.tls.ech': true,
    });
    await browse('tls.office.example', '--disable-quic');
    lab.step('chromium --disable-quic', {
      'event.dataset': 'tls',
      'network.protocol': 'tls',
      'tls.client.server_name': 'tls.office.example',
      'tls.version': '1.3',
      'tls.established': true,
      'tls.client.ja4': /^t13d/,
      'hinomi.tls.alpn': ['h2', 'http/1.1'],
      'hinomi.tls.ech': true,
    });
  },
};
