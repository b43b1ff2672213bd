import type { Scenario } from './lab/scenario.js';

const config = (folder: string): string => `
listen=YES
listen_ipv6=NO
background=NO
local_enable=YES
write_enable=YES
anonymous_enable=YES
anon_root=${folder}/public
no_anon_password=NO
local_root=${folder}/files
secure_chroot_dir=${folder}/empty
pam_service_name=vsftpd
connect_from_port_20=YES
seccomp_sandbox=NO
ssl_enable=YES
rsa_cert_file=${folder}/srv1.office.example.crt
rsa_private_key_file=${folder}/srv1.office.example.key
force_local_logins_ssl=NO
force_local_data_ssl=NO
`;

export const FTP: Scenario = {
  name: 'ftp',
  title: 'FTP: ftp, lftp and curl to vsftpd',
  packages: ['vsftpd', 'tnftp', 'lftp', 'curl'],
  async run(lab) {
    const { client, server, at } = lab;
    const password = lab.secret();
    await server.addUser('hanako', password);
    for (const name of ['files', 'empty', 'public']) lab.makeFolder(name);
    await server.must(['chmod', '555', lab.path('empty'), lab.path('public')], { user: 'root' });
    await server.must(['chmod', '777', lab.path('files')], { user: 'root' });
    await lab.certificate('srv1.office.example');
    const file = lab.file('vsftpd.conf', config(lab.folder));
    await server.must(['chown', 'root', file], { user: 'root' });
    await server.serve(['vsftpd', file], ['tcp/21'], { user: 'root' });
    const ftp = { 'event.dataset': 'session', 'network.protocol': 'ftp' };
    const upload = lab.file('offer.pdf', Buffer.alloc(40_000, 3));

    await client.run(['tnftp', '-n', at.server], {
      folder: lab.folder,
      input: `user hanako ${password}\nput offer.pdf\nls\nget offer.pdf copy.pdf\nrename offer.pdf sent.pdf\nquit\n`,
    });
    lab.step('ftp as hanako, passive: put, ls, get, rename', {
      ...ftp,
      'user.name': 'hanako',
      'hinomi.session.outcome': 'success',
      'hinomi.session.cleartext_login': true,
      'hinomi.session.file_names': ['offer.pdf', 'sent.pdf'],
      'hinomi.session.server_software': /vsFTPd/,
    });
    await client.run(['tnftp', '-n', '-A', at.server], {
      folder: lab.folder,
      input: `user hanako ${password}\nput offer.pdf active.pdf\nquit\n`,
    });
    lab.step(
      'ftp -A: active',
      { ...ftp, 'hinomi.session.file_names': 'active.pdf' },
      { 'event.dataset': 'flow', 'source.ip': at.server, 'source.port': 20, 'hinomi.flow.state': 'SF' },
    );
    await client.run(['curl', '-sS', '-m', '5', '-T', upload, '-u', `taro:${lab.secret()}`, `ftp://${at.server}/`]);
    lab.step('curl as taro, who is not known', { ...ftp, 'user.name': 'taro', 'hinomi.session.outcome': 'failure' });
    await client.run(['curl', '-sS', '-m', '5', `ftp://${at.server}/`]);
    lab.step('curl without a name', { ...ftp, 'user.name': 'anonymous' });
    const tls = ['-e', `set ssl:verify-certificate no; open -u hanako,${password} ${at.server}; ls; bye`];
    await client.run(['lftp', ...tls], { env: { HOME: lab.folder } });
    lab.step(
      'lftp with AUTH TLS',
      { ...ftp, 'user.name': null, 'hinomi.session.details': 'starttls=yes' },
      { 'event.dataset': 'tls', 'destination.port': 21, 'tls.established': true },
    );
  },
};
