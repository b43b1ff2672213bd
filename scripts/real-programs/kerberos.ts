import type { Lab, Scenario } from './lab/scenario.js';

/** A realm with `hanako`, a file server and a directory. @returns environment for its programs */
export async function serveRealm(lab: Lab, password: string): Promise<Record<string, string>> {
  const { server, folder } = lab;
  const env = {
    KRB5_CONFIG: lab.file('krb5.conf', krb5(folder, 'srv1.office.example')),
    KRB5_KDC_PROFILE: lab.file('kdc.conf', kdc(folder)),
    KRB5CCNAME: `FILE:${folder}/tickets`,
  };
  await server.must(['kdb5_util', 'create', '-s', '-r', 'OFFICE.EXAMPLE', '-P', lab.secret()], { env });
  const people = `addprinc +requires_preauth -pw ${password} hanako\n`;
  const services = ['cifs', 'ldap', 'host'].map((name) => `addprinc -randkey ${name}/srv1.office.example\n`).join('');
  const keys = `ktadd -k ${folder}/keytab ldap/srv1.office.example\n`;
  await server.must(['kadmin.local'], { env, input: people + services + keys });
  await server.serve(['krb5kdc', '-n'], ['udp/88', 'tcp/88'], { env });
  return env;
}

const krb5 = (folder: string, server: string, more = ''): string => `
[libdefaults]
  default_realm = OFFICE.EXAMPLE
  dns_lookup_kdc = false
  rdns = false
  ${more}
[realms]
  OFFICE.EXAMPLE = {
    kdc = ${server}
  }
[domain_realm]
  .office.example = OFFICE.EXAMPLE
[logging]
  kdc = FILE:${folder}/kdc.log
`;

const kdc = (folder: string): string => `
[realms]
  OFFICE.EXAMPLE = {
    database_name = ${folder}/principal
    key_stash_file = ${folder}/stash
    acl_file = ${folder}/acl
    kdc_listen = 88
    kdc_tcp_listen = 88
  }
`;

export const KERBEROS: Scenario = {
  name: 'kerberos',
  title: 'Kerberos: kinit and kvno ask krb5kdc',
  packages: ['krb5-kdc', 'krb5-admin-server', 'krb5-user'],
  async run(lab) {
    const { client } = lab;
    const password = lab.secret();
    const env = await serveRealm(lab, password);
    const kerberos = { 'event.dataset': 'session', 'network.protocol': 'kerberos' };
    await client.run(['kinit', 'hanako'], { env, input: `${password}\n` });
    lab.step(
      'kinit hanako',
      { ...kerberos, 'user.name': 'hanako', 'hinomi.session.error': 'KDC_ERR_PREAUTH_REQUIRED' },
      {
        ...kerberos,
        'user.name': 'hanako',
        'user.domain': 'OFFICE.EXAMPLE',
        'hinomi.session.operation': /AS/,
        'hinomi.session.service': 'krbtgt/OFFICE.EXAMPLE',
        'hinomi.session.outcome': 'success',
        'hinomi.session.cipher': /aes256/,
      },
    );
    await client.run(['kvno', 'cifs/srv1.office.example'], { env });
    lab.step('kvno cifs/srv1.office.example', {
      ...kerberos,
      'hinomi.session.operation': /TGS/,
      'hinomi.session.service': 'cifs/srv1.office.example',
      'hinomi.session.outcome': 'success',
    });
    await client.run(['kvno', 'http/none.office.example'], { env });
    lab.step('kvno of a service that is not there', {
      ...kerberos,
      'hinomi.session.service': 'http/none.office.example',
      'hinomi.session.error': 'KDC_ERR_S_PRINCIPAL_UNKNOWN',
    });
    const again = { ...env, KRB5CCNAME: `FILE:${lab.folder}/other` };
    await client.run(['kinit', 'hanako'], { env: again, input: `${lab.secret()}\n` });
    lab.step('kinit with a wrong password', {
      ...kerberos,
      'user.name': 'hanako',
      'hinomi.session.outcome': 'failure',
      'hinomi.session.error': 'KDC_ERR_PREAUTH_FAILED',
    });
    await client.run(['kinit', 'nobody.here'], { env: again, input: `${lab.secret()}\n` });
    lab.step('kinit of somebody who is not known', {
      ...kerberos,
      'user.name': 'nobody.here',
      'hinomi.session.error': 'KDC_ERR_C_PRINCIPAL_UNKNOWN',
    });
    const overTcp = lab.file('tcp.conf', krb5(lab.folder, 'srv1.office.example', 'udp_preference_limit = 1'));
    await client.run(['kinit', '-l', '1h', 'hanako'], {
      env: { ...again, KRB5_CONFIG: overTcp },
      input: `${password}\n`,
    });
    lab.step('kinit over TCP', { ...kerberos, 'network.transport': 'tcp', 'hinomi.session.outcome': 'success' });
  },
};
