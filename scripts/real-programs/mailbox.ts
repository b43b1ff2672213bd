import type { Scenario } from './lab/scenario.js';

const config = (folder: string, password: string): string => `
base_dir = /run/dovecot
state_dir = /run/dovecot-state
log_path = ${folder}/log
protocols = imap pop3
ssl = yes
ssl_cert = <${folder}/mail.office.example.crt
ssl_key = <${folder}/mail.office.example.key
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5
mail_location = maildir:${folder}/mail/%u
first_valid_uid = 1
login_greeting = Office mail
default_internal_user = nobody
default_login_user = nobody
default_internal_group = nogroup
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=65534 gid=65534 home=${folder}/mail/%u
}
`;

const LETTER = 'From: k@office.example\r\nSubject: hello\r\n\r\nhello\r\n';

export const MAILBOX: Scenario = {
  name: 'mailbox',
  title: 'POP3 and IMAP: curl to dovecot',
  packages: ['dovecot-pop3d', 'dovecot-imapd', 'curl'],
  async run(lab) {
    const { client, server, at } = lab;
    const password = lab.secret();
    await lab.certificate('mail.office.example');
    for (const name of ['mail', 'mail/hanako', ...['cur', 'new', 'tmp'].map((one) => `mail/hanako/${one}`)]) {
      lab.makeFolder(name);
    }
    lab.file('mail/hanako/new/1.office', LETTER);
    await server.serve(
      ['dovecot', '-F', '-c', lab.file('dovecot.conf', config(lab.folder, password))],
      ['tcp/143', 'tcp/110'],
      {
        user: 'root',
      },
    );
    const curl = (...args: string[]): Promise<unknown> => client.run(['curl', '-sS', '-k', '-m', '5', ...args]);
    for (const protocol of ['pop3', 'imap'] as const) {
      const session = { 'event.dataset': 'session', 'network.protocol': protocol };
      const path = protocol === 'pop3' ? '1' : 'INBOX;UID=1';
      const url = `${protocol}://${at.server}/${path}`;
      await curl('-u', `hanako:${password}`, '--login-options', 'AUTH=PLAIN', url);
      lab.step(`curl -u hanako:… ${protocol}: by PLAIN`, {
        ...session,
        'user.name': 'hanako',
        'hinomi.session.outcome': 'success',
        'hinomi.session.cleartext_login': true,
        'hinomi.session.auth_method': 'plain',
      });
      await curl('-u', `saburo:${password}`, '--login-options', 'AUTH=LOGIN', url);
      lab.step(`curl -u saburo:… ${protocol}: by LOGIN`, {
        ...session,
        'user.name': 'saburo',
        'hinomi.session.auth_method': 'login',
        'hinomi.session.outcome': 'success',
      });
      await curl('-u', `shiro:${password}`, '--login-options', 'AUTH=CRAM-MD5', url);
      lab.step(`curl -u shiro:… ${protocol}: by CRAM-MD5`, {
        ...session,
        'user.name': 'shiro',
        'hinomi.session.auth_method': 'cram-md5',
        'hinomi.session.cleartext_login': null,
      });
      await curl('-u', `rokuro:${lab.secret()}`, url);
      lab.step(`curl with a wrong password ${protocol}:`, {
        ...session,
        'user.name': 'rokuro',
        'hinomi.session.outcome': 'failure',
      });
      await curl('--ssl-reqd', '-u', `hanako:${password}`, url);
      lab.step(
        `curl --ssl-reqd ${protocol}:`,
        { ...session, 'user.name': null, 'hinomi.session.details': 'starttls=yes' },
        { 'event.dataset': 'tls', 'destination.port': protocol === 'pop3' ? 110 : 143, 'tls.established': true },
      );
    }
  },
};
