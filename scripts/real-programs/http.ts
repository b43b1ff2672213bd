import type { Lab, Scenario } from './lab/scenario.js';

const config = (folder: string): string => `
daemon off; error_log stderr; pid ${folder}/nginx.pid;
events { }
http {
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi; access_log off;
  types { text/html html; application/json json; }
  server {
    listen 80; listen [::]:80; listen 8123;
    root ${folder}/www;
    location /private/ { auth_basic "Office"; auth_basic_user_file ${folder}/users; }
    location /old { return 301 http://srv1.office.example/index.html; }
    location /form { return 200 "thanks\\n"; }
    location /gone { return 410; }
    location /chunked/ { gzip on; gzip_min_length 10; gzip_types text/html; alias ${folder}/www/; }
  }
}`;

export const HTTP: Scenario = {
  name: 'http',
  title: 'HTTP: curl asks nginx',
  packages: ['curl', 'nginx-light'],
  async run(lab) {
    const password = lab.secret();
    await serve(lab, password);
    const { client } = lab;
    const curl = (...args: string[]): Promise<string> => client.must(['curl', '-sS', '-m', '5', ...args]);
    const base = 'http://srv1.office.example';
    const http = { 'event.dataset': 'http', 'network.protocol': 'http' };

    await curl('-A', 'Office/1.0', '-e', 'http://portal.example/', `${base}/index.html?a=1`);
    lab.step('curl -A Office/1.0 -e http://portal.example/ /index.html?a=1', {
      ...http,
      'http.request.method': 'GET',
      'url.domain': 'srv1.office.example',
      'url.original': '/index.html?a=1',
      'url.path': '/index.html',
      'url.query': 'a=1',
      'user_agent.original': 'Office/1.0',
      'http.request.referrer': 'http://portal.example/',
      'http.response.status_code': 200,
      'http.response.mime_type': 'text/html',
      'http.response.body.bytes': 2_000,
      'hinomi.http.server': /^nginx/,
    });
    const cookie = lab.secret();
    const token = lab.secret();
    await curl('-b', `session=${cookie}`, '-H', `Authorization: Bearer ${token}`, '-d', 'name=x&n=1', `${base}/form`);
    lab.step('curl -d with a cookie and a bearer token', {
      ...http,
      'http.request.method': 'POST',
      'url.path': '/form',
      'http.request.body.bytes': 10,
      'http.request.mime_type': 'application/x-www-form-urlencoded',
      'hinomi.http.auth_method': 'Bearer',
    });
    await curl(
      '-T',
      lab.file('upload.bin', Buffer.alloc(300_000, 7)),
      '-H',
      'Transfer-Encoding: chunked',
      `${base}/form`,
    );
    lab.step('curl -T, chunked', {
      ...http,
      'http.request.method': 'PUT',
      'url.path': '/form',
      'http.request.body.bytes': 300_000,
    });
    await curl('-I', `${base}/index.html`);
    lab.step('curl -I', { ...http, 'http.request.method': 'HEAD', 'http.response.status_code': 200 });
    await curl('--compressed', `${base}/chunked/index.html`);
    lab.step('curl --compressed, the answer is chunked', {
      ...http,
      'url.path': '/chunked/index.html',
      'http.response.status_code': 200,
    });
    await curl(`${base}/one.json`, `${base}/gone`, `${base}/nothing`);
    lab.step(
      'curl three in one connection',
      { ...http, 'url.path': '/one.json', 'http.response.mime_type': 'application/json' },
      { ...http, 'url.path': '/gone', 'http.response.status_code': 410 },
      { ...http, 'url.path': '/nothing', 'http.response.status_code': 404 },
    );
    await curl('-u', `hanako:${password}`, `${base}/private/list.html`);
    lab.step('curl -u hanako:…', {
      ...http,
      'url.path': '/private/list.html',
      'user.name': 'hanako',
      'hinomi.http.auth_method': 'Basic',
      'hinomi.session.cleartext_login': true,
      'http.response.status_code': 200,
    });
    await curl('-u', `taro:${lab.secret()}`, `${base}/private/list.html`);
    lab.step('curl -u taro:… with a wrong password', {
      ...http,
      'user.name': 'taro',
      'http.response.status_code': 401,
    });
    await curl(`${base}:8123/index.html`);
    lab.step('curl to port 8123', { ...http, 'destination.port': 8123, 'url.port': 8123 });
    await curl('-g', `http://[${lab.at.server6}]/index.html`);
    lab.step('curl over IPv6', { ...http, 'destination.ip': lab.at.server6, 'http.response.status_code': 200 });
    await curl('-0', '-L', `${base}/old`);
    lab.step('curl -0 -L: HTTP/1.0 and a redirection', {
      ...http,
      'url.path': '/old',
      'http.response.status_code': 301,
    });
  },
};

async function serve(lab: Lab, password: string): Promise<void> {
  lab.makeFolder('www');
  lab.makeFolder('www/private');
  lab.file('www/index.html', 'x'.repeat(2_000));
  lab.file('www/one.json', '{}');
  lab.file('www/private/list.html', 'list');
  const hash = (await lab.server.must(['openssl', 'passwd', '-apr1', password])).trim();
  lab.file('users', `hanako:${hash}\n`);
  await lab.server.serve(['nginx', '-c', lab.file('nginx.conf', config(lab.folder))], ['tcp/80']);
}
