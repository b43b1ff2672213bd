import { serveRealm } from './kerberos.js';
import type { Lab, Scenario } from './lab/scenario.js';

const config = (lab: Lab, password: string, cert: string, key: string): string => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${lab.folder}/slapd.pid
TLSCertificateFile ${cert}
TLSCertificateKeyFile ${key}
sasl-host srv1.office.example
sasl-realm OFFICE.EXAMPLE
allow bind_v2
database mdb
suffix "dc=office,dc=example"
rootdn "cn=admin,dc=office,dc=example"
rootpw ${password}
directory ${lab.makeFolder('ldap')}
`;

const ENTRIES = `dn: dc=office,dc=example
objectClass: domain
dc: office

dn: cn=hanako,dc=office,dc=example
objectClass: person
cn: hanako
sn: Sato
`;

export const LDAP: Scenario = {
  name: 'ldap',
  title: 'LDAP: ldapsearch asks slapd',
  packages: ['slapd', 'ldap-utils', 'krb5-kdc', 'krb5-admin-server', 'krb5-user', 'libsasl2-modules-gssapi-mit'],
  async run(lab) {
    const { client, server } = lab;
    const password = lab.secret();
    const { cert, key } = await lab.certificate('srv1.office.example');
    const file = lab.file('slapd.conf', config(lab, password, cert, key));
    await server.must(['slapadd', '-f', file], { input: ENTRIES });
    const env = await serveRealm(lab, password);
    const command = ['slapd', '-d', '0', '-h', 'ldap://:389 ldaps://:636', '-f', file];
    await server.serve(command, ['tcp/389'], { env: { ...env, KRB5_KTNAME: lab.path('keytab') } });
    const trust = { LDAPTLS_REQCERT: 'never', ...env };
    const search = (...more: string[]): Promise<unknown> =>
      client.run(['ldapsearch', '-H', 'ldap://srv1.office.example', '-b', 'dc=office,dc=example', ...more], {
        env: trust,
      });
    const ldap = { 'event.dataset': 'session', 'network.protocol': 'ldap' };
    const admin = 'cn=admin,dc=office,dc=example';

    await search('-x', '-D', admin, '-w', password, '(cn=hanako)');
    lab.step('ldapsearch -x -D cn=admin,… -w …', {
      ...ldap,
      'user.name': admin,
      'hinomi.session.auth_method': 'simple',
      'hinomi.session.outcome': 'success',
      'hinomi.session.cleartext_login': true,
    });
    await search('-x', '-D', admin, '-w', lab.secret());
    lab.step('ldapsearch with a wrong password', {
      ...ldap,
      'user.name': admin,
      'hinomi.session.outcome': 'failure',
      'hinomi.session.error': /invalidCredentials/i,
    });
    await search('-x', '(sn=Sato)');
    lab.step('ldapsearch -x: anonymous', {
      ...ldap,
      'user.name': 'anonymous',
      'hinomi.session.auth_method': 'none',
      'hinomi.ldap.searches': /sn=Sato/,
    });
    await search('-Y', 'DIGEST-MD5', '-U', 'taro', '-w', lab.secret());
    lab.step('ldapsearch -Y DIGEST-MD5 -U taro, who is not known', {
      ...ldap,
      'user.name': 'taro',
      'hinomi.session.auth_method': 'digest-md5',
      'hinomi.session.outcome': 'failure',
    });
    await client.run(['kinit', 'hanako'], { env, input: `${password}\n` });
    await search('-Y', 'GSSAPI');
    lab.step(
      'ldapsearch -Y GSSAPI with a ticket of hanako',
      {
        ...ldap,
        'hinomi.session.auth_method': 'kerberos',
        'hinomi.session.details': 'mechanism=GSSAPI',
        'hinomi.session.outcome': 'success',
      },
      {
        'event.dataset': 'session',
        'network.protocol': 'kerberos',
        'destination.port': 389,
        'hinomi.session.service': 'ldap/srv1.office.example',
      },
    );
    await search('-ZZ', '-x', '-D', admin, '-w', password);
    lab.step(
      'ldapsearch -ZZ: StartTLS',
      { ...ldap, 'hinomi.session.operations': 'starttls' },
      { 'event.dataset': 'tls', 'destination.port': 389, 'tls.version': '1.3', 'tls.established': true },
    );
  },
};
