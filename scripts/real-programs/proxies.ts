import type { Lab, Scenario } from './lab/scenario.js';

/** A web server, in clear and with TLS, on the machine of the proxy itself: the wire shows only the way to the proxy. */
async function serveWeb(lab: Lab): Promise<void> {
  const { cert, key } = await lab.certificate('web.far.example');
  lab.makeFolder('www');
  lab.file('www/index.html', 'hello');
  const f = lab.folder;
  const text = `daemon off; error_log stderr; pid ${f}/nginx.pid; events { }
http {
  client_body_temp_path ${f}/body; proxy_temp_path ${f}/proxy; fastcgi_temp_path ${f}/fastcgi;
  uwsgi_temp_path ${f}/uwsgi; scgi_temp_path ${f}/scgi; access_log off; root ${f}/www;
  server { listen 127.0.0.1:80; listen 127.0.0.1:443 ssl; ssl_certificate ${cert}; ssl_certificate_key ${key}; }
}`;
  await lab.server.must(['tee', '-a', '/etc/hosts'], { user: 'root', input: '\n127.0.0.1 web.far.example\n' });
  await lab.server.serve(['nginx', '-c', lab.file('nginx.conf', text)], ['tcp/443']);
}

export const SOCKS: Scenario = {
  name: 'socks',
  title: 'SOCKS: curl through danted, and through ssh -D',
  packages: ['dante-server', 'curl', 'nginx-light', 'openssh-server', 'openssh-client'],
  async run(lab) {
    await serveWeb(lab);
    const { client, server, at } = lab;
    const password = lab.secret();
    await server.addUser('hanako', password);
    const text = `
logoutput: stderr
internal: eth0 port = 1080
external: lo
socksmethod: username none
clientmethod: none
user.privileged: root
user.unprivileged: nobody
client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }
`;
    await server.serve(['danted', '-f', lab.file('danted.conf', text)], ['tcp/1080'], { user: 'root' });
    const curl = (...args: string[]): Promise<unknown> => client.run(['curl', '-sS', '-k', '-m', '5', ...args]);
    const socks = { 'event.dataset': 'session', 'network.protocol': 'socks' };

    await curl('-x', `socks5h://${at.server}:1080`, 'https://web.far.example/');
    lab.step(
      'curl -x socks5h: https://web.far.example/',
      {
        ...socks,
        'hinomi.session.version': '5',
        'hinomi.session.target': 'web.far.example:443',
        'hinomi.session.outcome': 'success',
      },
      {
        'event.dataset': 'tls',
        'destination.port': 1080,
        'tls.client.server_name': 'web.far.example',
        'tls.established': true,
      },
    );
    await curl('-x', `socks5h://hanako:${password}@${at.server}:1080`, 'http://web.far.example/');
    lab.step(
      'curl -x socks5h://hanako:…@…',
      { ...socks, 'user.name': 'hanako', 'hinomi.session.cleartext_login': true, 'hinomi.session.outcome': 'success' },
      {
        'event.dataset': 'http',
        'destination.port': 1080,
        'url.domain': 'web.far.example',
        'http.response.status_code': 200,
      },
    );
    await curl('-x', `socks4://${at.server}:1080`, 'http://127.0.0.1/');
    lab.step('curl -x socks4:', {
      ...socks,
      'hinomi.session.version': '4',
      'hinomi.session.target': '127.0.0.1:80',
    });
    await curl('-x', `socks5h://${at.server}:1080`, 'http://web.far.example:81/');
    lab.step('curl to a port where nobody listens', {
      ...socks,
      'hinomi.session.target': 'web.far.example:81',
      'hinomi.session.outcome': 'failure',
    });
  },
};

export const CONNECT: Scenario = {
  name: 'connect',
  title: 'HTTP CONNECT: curl through tinyproxy',
  packages: ['tinyproxy', 'curl', 'nginx-light'],
  async run(lab) {
    await serveWeb(lab);
    const { client, server, at } = lab;
    const password = lab.secret();
    const text = `Port 3128\nListen 0.0.0.0\nTimeout 5\nLogLevel Error\nBasicAuth hanako ${password}\n`;
    await server.serve(['tinyproxy', '-d', '-c', lab.file('tinyproxy.conf', text)], ['tcp/3128']);
    const curl = (...args: string[]): Promise<unknown> => client.run(['curl', '-sS', '-k', '-m', '5', ...args]);
    const http = { 'event.dataset': 'http', 'destination.port': 3128 };
    await curl('-x', `http://hanako:${password}@${at.server}:3128`, 'https://web.far.example/');
    lab.step(
      'curl -x http://hanako:…@… https://web.far.example/',
      {
        ...http,
        'http.request.method': 'CONNECT',
        'url.original': 'web.far.example:443',
        'url.domain': 'web.far.example',
        'url.port': 443,
        'user.name': 'hanako',
        'hinomi.session.cleartext_login': true,
        'http.response.status_code': 200,
      },
      {
        'event.dataset': 'tls',
        'destination.port': 3128,
        'tls.client.server_name': 'web.far.example',
        'tls.established': true,
      },
    );
    await curl('-x', `http://hanako:${password}@${at.server}:3128`, 'http://web.far.example/index.html');
    lab.step('curl -x http://… http://web.far.example/index.html', {
      ...http,
      'http.request.method': 'GET',
      'url.domain': 'web.far.example',
      'url.path': '/index.html',
      'http.response.status_code': 200,
    });
    await curl('-x', `http://${at.server}:3128`, 'https://web.far.example/');
    lab.step('curl without a name', { ...http, 'http.request.method': 'CONNECT', 'http.response.status_code': 407 });
  },
};
