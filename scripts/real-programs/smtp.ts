import type { Lab, Scenario } from './lab/scenario.js';

const config = (lab: Lab, password: string): string => `
primary_hostname = mail.office.example
spool_directory = ${lab.makeFolder('spool')}
log_file_path = ${lab.makeFolder('log')}/%slog
daemon_smtp_ports = 25
keep_environment =
queue_only = true
tls_advertise_hosts = *
tls_certificate = ${lab.folder}/mail.office.example.crt
tls_privatekey = ${lab.folder}/mail.office.example.key
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  deny local_parts = nobody
  accept
data:
  discard
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if eq{$auth3}{${password}}}
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = \${if eq{$auth2}{${password}}}
`;

export const SMTP: Scenario = {
  name: 'smtp',
  title: 'SMTP: swaks and curl to exim',
  packages: ['exim4-daemon-light', 'swaks', 'curl'],
  async run(lab) {
    const { client, server, at } = lab;
    const password = lab.secret();
    await lab.certificate('mail.office.example');
    await server.must(['chmod', '644', lab.path('mail.office.example.key')], { user: 'root' });
    const file = lab.file('exim.conf', config(lab, password));
    await server.must(['chown', 'root:root', file], { user: 'root' });
    await server.must(['chmod', '777', lab.path('spool'), lab.path('log')], { user: 'root' });
    await server.serve(['exim4', '-bdf', '-C', file], ['tcp/25'], { user: 'root' });
    const smtp = { 'event.dataset': 'session', 'network.protocol': 'smtp' };
    const swaks = (...more: string[]): Promise<unknown> =>
      client.run(['swaks', '--server', at.server, '--helo', 'pc1.office.example', ...more]);
    const mail = ['--from', 'hanako@office.example', '--to', 'taro@partner.example'];

    const [offer, list] = [lab.file('offer.pdf', Buffer.alloc(9_000, 65)), lab.file('見積.xlsx', 'x')];
    const attach = [
      '--attach-name',
      'offer.pdf',
      '--attach',
      `@${offer}`,
      '--attach-name',
      '見積.xlsx',
      '--attach',
      `@${list}`,
    ];
    await swaks(...mail, '--h-Subject', 'Quarterly', '--body', 'hello', ...attach);
    lab.step('swaks with two attachments', {
      ...smtp,
      'host.name': 'pc1.office.example',
      'hinomi.session.from': 'hanako@office.example',
      'hinomi.session.to': ['taro@partner.example'],
      'hinomi.session.attachments': ['offer.pdf', '見積.xlsx'],
      'hinomi.session.subject_length': 'Quarterly'.length,
      'hinomi.session.server_software': /Exim/,
      'hinomi.session.outcome': 'success',
    });
    await swaks('--from', 'a@office.example', '--to', 'nobody@office.example');
    lab.step('swaks to somebody who is refused', {
      ...smtp,
      'hinomi.session.to': ['nobody@office.example'],
      'hinomi.session.outcome': 'failure',
      'hinomi.session.error': /^550/,
    });
    for (const method of ['PLAIN', 'LOGIN']) {
      await swaks(...mail, '--auth', method, '--auth-user', 'hanako', '--auth-password', password);
      lab.step(`swaks --auth ${method} --auth-user hanako`, {
        ...smtp,
        'user.name': 'hanako',
        'hinomi.session.auth_method': method.toLowerCase(),
        'hinomi.session.cleartext_login': true,
        'hinomi.session.outcome': 'success',
      });
    }
    await swaks(...mail, '--auth', 'PLAIN', '--auth-user', 'jiro', '--auth-password', lab.secret());
    lab.step('swaks --auth with a wrong password', {
      ...smtp,
      'user.name': 'jiro',
      'hinomi.session.outcome': 'failure',
    });
    const letter = lab.file('letter', 'Subject: =?UTF-8?B?5pel5pys?=\nFrom: k@office.example\n\nhello\n');
    const curl = (...more: string[]): Promise<unknown> =>
      client.run([
        'curl',
        '-sS',
        '-k',
        '-m',
        '5',
        `smtp://${at.server}/pc9`,
        '--mail-from',
        'k@office.example',
        ...more,
      ]);
    await curl('--mail-rcpt', 'a@one.example', '--mail-rcpt', 'b@two.example', '-T', letter);
    lab.step('curl to two people, with a Japanese subject', {
      ...smtp,
      'hinomi.session.from': 'k@office.example',
      'hinomi.session.to': ['a@one.example', 'b@two.example'],
      'hinomi.session.subject_length': 2,
    });
    await curl('--mail-rcpt', 'a@one.example', '-T', letter, '--ssl-reqd', '-u', `hanako:${password}`);
    lab.step(
      'curl --ssl-reqd -u hanako:…',
      { ...smtp, 'host.name': 'pc9', 'user.name': null, 'hinomi.session.details': 'starttls=yes' },
      { 'event.dataset': 'tls', 'destination.port': 25, 'tls.established': true },
    );
  },
};
