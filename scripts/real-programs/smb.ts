import type { Lab, Scenario } from './lab/scenario.js';

const config = (folder: string): string => `
[global]
  workgroup = OFFICE
  netbios name = SRV1
  server string = Files of the office
  server min protocol = NT1
  client min protocol = NT1
  ntlm auth = yes
  lanman auth = no
  map to guest = never
  disable spoolss = yes
  load printers = no
  private dir = ${folder}/private
  lock directory = ${folder}/lock
  state directory = ${folder}/state
  cache directory = ${folder}/cache
  pid directory = ${folder}/pid
  ncalrpc dir = ${folder}/ncalrpc
  log file = ${folder}/log
  passdb backend = tdbsam:${folder}/private/passdb.tdb
[docs]
  path = ${folder}/docs
  writable = yes
`;

/** smbd with a share `docs` and a person `hanako`. @returns its password */
export async function serveSamba(lab: Lab, extra = ''): Promise<string> {
  const { server } = lab;
  for (const name of ['private', 'lock', 'state', 'cache', 'pid', 'ncalrpc', 'docs']) lab.makeFolder(name);
  const password = lab.secret();
  await server.addUser('hanako', password);
  await server.must(['chown', 'hanako', lab.path('docs')], { user: 'root' });
  const file = lab.file('smb.conf', config(lab.folder).replace('[docs]', `${extra}\n[docs]`));
  const add = ['smbpasswd', '-c', file, '-s', '-a', 'hanako'];
  await server.must(add, { user: 'root', input: `${password}\n${password}\n` });
  const command = ['smbd', '--foreground', '--no-process-group', '-s', file];
  await server.serve(command, ['tcp/445', 'tcp/139'], { user: 'root' });
  return password;
}

/** Of the client: its name and its oldest dialect. */
export function clientConfig(lab: Lab): string {
  const lines = ['[global]', 'workgroup = OFFICE', 'netbios name = PC1', 'client min protocol = NT1'];
  return lab.file('client.conf', lines.join('\n'));
}

export const SMB: Scenario = {
  name: 'smb',
  title: 'SMB 1, 2 and 3: smbclient to smbd',
  packages: ['samba', 'smbclient'],
  async run(lab) {
    const password = await serveSamba(lab);
    const { client } = lab;
    const settings = clientConfig(lab);
    const smb = { 'event.dataset': 'session', 'network.protocol': 'smb' };
    const upload = lab.file('plan.txt', 'x'.repeat(5_000));
    const run = (dialect: string, user: string, commands: string): Promise<unknown> =>
      client.run(['smbclient', '-s', settings, '-m', dialect, '-U', user, '//srv1/docs', '-c', commands]);
    for (const [dialect, version] of [
      ['NT1', /NT LM 0\.12|^1/],
      ['SMB2_02', /^2\.0\.?2/],
      ['SMB2_10', /^2\.1/],
      ['SMB3_00', /^3\.0$|^3\.0\.0/],
      ['SMB3_11', /^3\.1\.1/],
    ] as const) {
      const [report, kept] = [`report-${dialect}.txt`, `kept-${dialect}.txt`];
      await run(
        dialect,
        `OFFICE\\hanako%${password}`,
        `mkdir dir-${dialect}; put ${upload} ${report}; ls; get ${report} /dev/null; rename ${report} ${kept}; del ${kept}`,
      );
      const own = { ...smb, 'hinomi.session.version': version };
      lab.step(
        `smbclient -m ${dialect} -U OFFICE\\hanako: mkdir, put, ls, get, rename, del`,
        {
          ...own,
          'user.name': 'hanako',
          'user.domain': 'OFFICE',
          'host.name': /^PC1$/i,
          'hinomi.session.outcome': 'success',
          'hinomi.session.auth_method': /ntlm/i,
        },
        {
          ...own,
          'hinomi.session.share': /\\docs$/i,
          'hinomi.session.file_names': [report, `dir-${dialect}`],
          'hinomi.session.renamed_names': `${report} -> ${kept}`,
          'hinomi.session.deleted_names': kept,
        },
      );
    }
    await run('SMB3', `OFFICE\\taro%${lab.secret()}`, 'ls');
    lab.step('smbclient of somebody who is not known', {
      ...smb,
      'user.name': 'taro',
      'hinomi.session.outcome': 'failure',
      'hinomi.session.error': 'STATUS_LOGON_FAILURE',
    });
    await client.run(['smbclient', '-s', settings, '-U', `hanako%${password}`, '//srv1/nothing', '-c', 'ls']);
    lab.step('smbclient of a share that is not there', { ...smb, 'hinomi.session.error': 'STATUS_BAD_NETWORK_NAME' });
    await client.run([
      'smbclient',
      '-s',
      settings,
      '--netbiosname=PC2',
      '--client-protection=encrypt',
      '-U',
      `hanako%${password}`,
      '//srv1/docs',
      '-c',
      'ls',
    ]);
    lab.step('smbclient --client-protection=encrypt', {
      ...smb,
      'user.name': 'hanako',
      'host.name': 'PC2',
      'hinomi.session.version': '3.1.1',
    });
  },
};

export const RPC: Scenario = {
  name: 'dce-rpc',
  title: 'DCE-RPC: rpcclient and net rpc to smbd',
  packages: ['samba', 'smbclient', 'samba-common-bin'],
  async run(lab) {
    const password = await serveSamba(lab);
    const { client } = lab;
    const as = ['-s', clientConfig(lab), '-U', `OFFICE/hanako%${password}`];
    const rpc = { 'event.dataset': 'session', 'network.protocol': 'dce_rpc' };
    await client.run(['rpcclient', ...as, 'srv1', '-c', 'srvinfo; netshareenumall']);
    lab.step('rpcclient -c "srvinfo; netshareenumall"', { ...rpc, 'hinomi.session.service': /srvsvc/ });
    await client.run(['rpcclient', ...as, 'srv1', '-c', 'enumdomusers; lookupnames hanako']);
    lab.step(
      'rpcclient -c "enumdomusers; lookupnames hanako"',
      { ...rpc, 'hinomi.session.service': /samr/ },
      { ...rpc, 'hinomi.session.service': /lsarpc/ },
    );
    await client.run(['net', 'rpc', 'service', 'list', '-S', 'srv1', ...as]);
    lab.step('net rpc service list', { ...rpc, 'hinomi.session.service': /svcctl/ });
    await client.run(['net', 'rpc', 'registry', 'enumerate', 'HKLM', '-S', 'srv1', ...as]);
    lab.step('net rpc registry enumerate HKLM', { ...rpc, 'hinomi.session.service': /winreg/ });
  },
};

export const NBNS: Scenario = {
  name: 'nbns',
  title: 'NetBIOS names: nmblookup asks nmbd',
  packages: ['samba', 'smbclient', 'samba-common-bin'],
  async run(lab) {
    const { client, server, at } = lab;
    for (const name of ['private', 'lock', 'state', 'cache', 'pid', 'ncalrpc']) lab.makeFolder(name);
    await server.must(['mkdir', '/run/samba'], { user: 'root' });
    const file = lab.file('smb.conf', config(lab.folder));
    await server.serve(['nmbd', '--foreground', '--no-process-group', '-s', file], ['udp/137'], { user: 'root' });
    const settings = clientConfig(lab);
    const nbns = { 'event.dataset': 'dns', 'network.protocol': 'nbns' };
    await client.run(['nmblookup', '-s', settings, '-U', at.server, 'SRV1#20'], { user: 'root' });
    lab.step('nmblookup -U 10.77.… SRV1', { ...nbns, 'dns.question.name': /^SRV1/, 'dns.answers': /10\.77\.\d+\.20/ });
    await client.run(['nmblookup', '-s', settings, '-A', at.server]);
    lab.step('nmblookup -A', { ...nbns, 'dns.question.type': /NBSTAT/ });
  },
};
