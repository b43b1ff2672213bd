import type { Scenario } from './lab/scenario.js';

export const TLS: Scenario = {
  name: 'tls',
  title: 'TLS: curl and openssl talk to nginx and openssl',
  packages: ['curl', 'nginx-light', 'openssl'],
  async run(lab) {
    const { client, server } = lab;
    const { cert, key } = await lab.certificate('srv1.office.example');
    const user = await lab.certificate('hanako', '/O=Office/CN=Hanako Sato');
    lab.makeFolder('www');
    lab.file('www/index.html', 'hello');
    const config = lab.file('nginx.conf', configOf(lab.folder, cert, key, user.cert));
    await server.serve(['nginx', '-c', config], ['tcp/443', 'tcp/8443', 'tcp/8444']);
    const curl = ['curl', '-sS', '-m', '5', '-k'];
    const tls = { 'event.dataset': 'tls', 'network.protocol': 'tls' };
    const name = { 'tls.client.server_name': 'srv1.office.example' };
    const established = { 'tls.established': true, 'tls.client.ja4': /^t/, 'tls.client.ja3': /^[0-9a-f]{32}$/ };

    await client.must([...curl, '--tlsv1.3', 'https://srv1.office.example/']);
    lab.step('curl --tlsv1.3', {
      ...tls,
      ...name,
      ...established,
      'tls.version': '1.3',
      'tls.cipher': /^TLS_/,
      'tls.curve': /x25519/i,
      'hinomi.tls.alpn': ['h2', 'http/1.1'],
    });
    await client.must([...curl, '--tls-max', '1.2', 'https://srv1.office.example/']);
    lab.step('curl --tls-max 1.2', {
      ...tls,
      ...name,
      ...established,
      'tls.version': '1.2',
      'tls.cipher': /^TLS_ECDHE_ECDSA/,
      'tls.next_protocol': 'h2',
      'tls.server.subject': /CN=srv1\.office\.example/,
      'tls.server.issuer': /O=Office/,
      'tls.server.hash.sha256': (await fingerprint(lab.path('srv1.office.example.crt'))).replaceAll(':', ''),
      'hinomi.tls.subject_alternative_names': ['srv1.office.example'],
    });
    const withCert = ['--tls-max', '1.2', '--cert', user.cert, '--key', user.key];
    await client.must([...curl, ...withCert, 'https://srv1.office.example:8443/']);
    lab.step('curl with a client certificate, to port 8443', {
      ...tls,
      ...established,
      'destination.port': 8443,
      'tls.client.subject': /CN=Hanako Sato/,
    });
    await client.run(
      [...curl, '--tls-max', '1.2', '--cacert', user.cert, 'https://srv1.office.example/'].filter((a) => a !== '-k'),
    );
    lab.step('curl that does not trust the certificate', {
      ...tls,
      ...name,
      'tls.established': false,
      'hinomi.tls.alert': 'unknown_ca',
    });
    const sClient = ['openssl', 's_client', '-connect', 'srv1.office.example:8444', '-noservername'];
    await client.run([...sClient, '-tls1_2', '-sess_out', lab.path('session')], { input: 'Q\n' });
    await client.run([...sClient, '-tls1_2', '-sess_in', lab.path('session')], { input: 'Q\n' });
    lab.step('openssl s_client -noservername -tls1_2, and its session taken up again', {
      ...tls,
      'destination.port': 8444,
      'tls.client.server_name': null,
      'tls.resumed': true,
      'tls.established': true,
    });
    await client.run([...sClient, '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'], { input: 'Q\n' });
    lab.step('openssl s_client -tls1_1', { ...tls, 'destination.port': 8444, 'tls.version': '1.1' });
    await client.run([...sClient, '-tls1_2', '-alpn', 'ftp,imap'], { input: 'Q\n' });
    lab.step('openssl s_client -alpn ftp,imap, which the server refuses', {
      ...tls,
      'destination.port': 8444,
      'hinomi.tls.alpn': ['ftp', 'imap'],
      'hinomi.tls.alert': 'no_application_protocol',
      'tls.established': false,
    });

    async function fingerprint(file: string): Promise<string> {
      const text = await server.must(['openssl', 'x509', '-in', file, '-noout', '-fingerprint', '-sha256']);
      return text.split('=')[1]?.trim() ?? '';
    }
  },
};

function configOf(folder: string, cert: string, key: string, users: string): string {
  const common = `ssl_certificate ${cert}; ssl_certificate_key ${key}; root ${folder}/www;`;
  return `
daemon off; error_log stderr; pid ${folder}/nginx.pid;
events { }
http {
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi; access_log off;
  server { listen 443 ssl http2; listen [::]:443 ssl http2; ${common} ssl_protocols TLSv1.2 TLSv1.3; }
  server { listen 8443 ssl; ${common} ssl_client_certificate ${users}; ssl_verify_client on; }
  server { listen 8444 ssl; ${common} ssl_protocols TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;
           ssl_session_cache shared:c:1m; }
}`;
}
