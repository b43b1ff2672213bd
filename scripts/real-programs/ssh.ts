import type { Scenario } from './lab/scenario.js';

const CONFIG = (folder: string): string => `
Port 22
Port 2222
HostKey ${folder}/host_key
AuthorizedKeysFile ${folder}/user_key.pub
PidFile none
UsePAM no
StrictModes no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
`;

export const SSH: Scenario = {
  name: 'ssh',
  title: 'SSH: ssh and sftp to sshd',
  packages: ['openssh-server', 'openssh-client'],
  async run(lab) {
    const { client, server, at } = lab;
    for (const name of ['host_key', 'user_key', 'other_key']) {
      await server.must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', lab.path(name)]);
    }
    await server.must(['mkdir', '-p', '/run/sshd'], { user: 'root' });
    await server.serve(['/usr/sbin/sshd', '-D', '-e', '-f', lab.file('sshd_config', CONFIG(lab.folder))], ['tcp/22'], {
      user: 'root',
    });
    const print = await server.must(['ssh-keygen', '-l', '-E', 'md5', '-f', lab.path('host_key.pub')]);
    const common = ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'ConnectTimeout=5'];
    const batch = [...common, '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes'];
    const ssh = { 'event.dataset': 'session', 'network.protocol': 'ssh' };
    const software = {
      'hinomi.session.client_software': /OpenSSH_9/,
      'hinomi.session.server_software': /OpenSSH_9/,
      'hinomi.session.hassh': /^[0-9a-f]{32}$/,
      'hinomi.session.hassh_server': /^[0-9a-f]{32}$/,
      'hinomi.session.host_key': print.split(' ')[1]?.replace('MD5:', '') ?? '',
      'hinomi.session.cipher': /chacha20-poly1305/,
    };
    const run = (port: number, identity: string, extra: string[]): Promise<unknown> =>
      client.run(['ssh', ...batch, '-i', lab.path(identity), '-p', String(port), ...extra], { user: 'root' });
    await run(22, 'user_key', [`root@${at.server}`, 'uname; seq 20000']);
    lab.step('ssh with a key, and a command that prints much', {
      ...ssh,
      ...software,
      'destination.port': 22,
      'hinomi.session.outcome': 'success',
    });
    await run(2222, 'other_key', ['-o', 'PreferredAuthentications=publickey', `nobody@${at.server}`, 'true']);
    lab.step('ssh with a key that the server does not know, to port 2222', {
      ...ssh,
      'destination.port': 2222,
      'hinomi.session.outcome': 'failure',
    });
    const copy = ['sftp', ...batch, '-i', lab.path('user_key'), '-c', 'aes128-ctr', '-o', 'MACs=hmac-sha2-256'];
    const put = `put ${lab.file('big.bin', Buffer.alloc(200_000, 1))} ${lab.path('copied.bin')}\n`;
    await client.run([...copy, `root@[${at.server6}]`], { user: 'root', input: put });
    lab.step('sftp -c aes128-ctr over IPv6, a file is put', {
      ...ssh,
      'destination.ip': at.server6,
      'hinomi.session.cipher': 'aes128-ctr',
      'hinomi.session.outcome': 'success',
    });
  },
};
