import type { Scenario } from './lab/scenario.js';

/** Of a number that nobody else on this machine has: the lock is a file in /tmp. */
const DISPLAY = `:${20_000 + (process.pid % 10_000)}`;

export const RDP: Scenario = {
  name: 'rdp',
  title: 'RDP: xfreerdp to xrdp',
  packages: ['xrdp', 'freerdp2-x11', 'xvfb'],
  async run(lab) {
    const { client, server, at } = lab;
    const { cert, key } = await lab.certificate('srv1.office.example');
    const text = (await server.must(['cat', '/etc/xrdp/xrdp.ini'], { user: 'root' }))
      .replace(/^certificate=.*$/m, `certificate=${cert}`)
      .replace(/^key_file=.*$/m, `key_file=${key}`)
      .replace(/^LogFile=.*$/m, `LogFile=${lab.folder}/xrdp.log`);
    await server.must(['mkdir', '-p', '/run/xrdp'], { user: 'root' });
    await server.serve(['xrdp', '--nodaemon', '--config', lab.file('xrdp.ini', text)], ['tcp/3389'], { user: 'root' });
    await client.serve(['Xvfb', DISPLAY, '-screen', '0', '640x480x24', '-nolisten', 'tcp'], () =>
      client.isRunning('Xvfb'),
    );
    const rdp = { 'event.dataset': 'session', 'network.protocol': 'rdp' };
    const connect = ['xfreerdp', `/v:${at.server}`, '/cert:ignore', '/u:hanako', `/p:${lab.secret()}`];
    const env = { DISPLAY, HOME: lab.folder };
    await client.run([...connect, '/sec:tls', '/client-hostname:PC1'], { env, seconds: 5 });
    lab.step(
      'xfreerdp /u:hanako /sec:tls',
      { ...rdp, 'hinomi.session.cookie': 'hanako', 'hinomi.session.cipher': 'tls' },
      { 'event.dataset': 'tls', 'destination.port': 3389, 'tls.established': true },
    );
    await client.run([...connect, '/sec:rdp', '/client-hostname:PC1'], { env, seconds: 5 });
    lab.step('xfreerdp /sec:rdp: without TLS', {
      ...rdp,
      'hinomi.session.cookie': 'hanako',
      'hinomi.session.cipher': 'rdp',
      'host.name': 'PC1',
    });
  },
};

export const TELNET: Scenario = {
  name: 'telnet',
  title: 'Telnet: telnet to telnetd',
  packages: ['inetutils-telnetd', 'inetutils-telnet', 'inetutils-inetd', 'expect'],
  async run(lab) {
    const { client, server, at } = lab;
    const password = lab.secret();
    await server.addUser('hanako', password);
    const service = lab.file('inetd.conf', 'telnet stream tcp4 nowait root /usr/sbin/telnetd telnetd\n');
    await server.serve(['inetutils-inetd', '-d', service], ['tcp/23'], { user: 'root' });
    const telnet = { 'event.dataset': 'session', 'network.protocol': 'telnet' };
    const login = (user: string, secret: string, then: string): string => `
set timeout 6
spawn telnet ${at.server}
expect "login: "
send "${user}\\r"
expect "assword: "
send "${secret}\\r"
${then}
`;
    await client.run(
      ['expect', lab.file('good.exp', login('hanako', password, 'expect "\\$ "\nsend "exit\\r"\nexpect eof'))],
      {
        env: { TERM: 'vt100', USER: 'nobody' },
      },
    );
    lab.step('telnet, and a login of hanako', {
      ...telnet,
      'user.name': 'hanako',
      'hinomi.session.cleartext_login': true,
      'hinomi.session.outcome': 'success',
      'hinomi.telnet.terminal_type': 'vt100',
    });
    await client.run(['expect', lab.file('bad.exp', login('taro', lab.secret(), 'expect "ncorrect"'))], {
      env: { TERM: 'vt100', USER: 'nobody' },
    });
    lab.step('telnet with a wrong password', {
      ...telnet,
      'user.name': 'taro',
      'hinomi.session.outcome': 'failure',
    });
  },
};
