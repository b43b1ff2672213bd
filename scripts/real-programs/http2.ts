import type { Scenario } from './lab/scenario.js';

export const HTTP2: Scenario = {
  name: 'http2',
  title: 'HTTP/2 in clear text: curl and nghttp ask nghttpd',
  packages: ['curl', 'nghttp2-server', 'nghttp2-client'],
  async run(lab) {
    const { client, server } = lab;
    lab.makeFolder('www');
    lab.file('www/index.html', 'x'.repeat(2_000));
    lab.file('www/two.html', 'y'.repeat(70_000));
    await server.serve(['nghttpd', '--no-tls', '-d', lab.path('www'), '8080'], ['tcp/8080']);
    const base = 'http://srv1.office.example:8080';
    const http2 = { 'event.dataset': 'http', 'http.version': '2' };
    await client.must([
      'curl',
      '-sS',
      '-m',
      '5',
      '--http2-prior-knowledge',
      '-A',
      'Office/2.0',
      `${base}/index.html?b=2`,
    ]);
    lab.step('curl --http2-prior-knowledge -A Office/2.0', {
      ...http2,
      'http.request.method': 'GET',
      'url.original': '/index.html?b=2',
      'url.domain': 'srv1.office.example',
      'user_agent.original': 'Office/2.0',
      'http.response.status_code': 200,
      'http.response.body.bytes': 2_000,
    });
    const cookie = lab.secret();
    await client.must(['nghttp', '-n', '-H', `cookie: id=${cookie}`, `${base}/two.html`, `${base}/none.html`]);
    lab.step(
      'nghttp asks for two at once, with a cookie',
      { ...http2, 'url.path': '/two.html', 'http.response.status_code': 200, 'http.response.body.bytes': 70_000 },
      { ...http2, 'url.path': '/none.html', 'http.response.status_code': 404 },
    );
    const post = ['curl', '-sS', '-m', '5', '--http2-prior-knowledge', '-d', 'a=1', '-u', `hanako:${lab.secret()}`];
    await client.must([...post, `${base}/index.html?post`]);
    lab.step('curl -d -u hanako:…', {
      ...http2,
      'http.request.method': 'POST',
      'url.original': '/index.html?post',
      'user.name': 'hanako',
      'hinomi.session.cleartext_login': true,
    });
  },
};
