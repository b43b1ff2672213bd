import type { Scenario } from './lab/scenario.js';

export const SNMP: Scenario = {
  name: 'snmp',
  title: 'SNMP v1, v2c and v3: snmpget and snmpwalk ask snmpd',
  packages: ['snmpd', 'snmp'],
  async run(lab) {
    const { client, server, at } = lab;
    const [community, password] = [lab.secret(), lab.secret()];
    const config = [
      `rocommunity ${community}`,
      'sysLocation Back room',
      'sysContact desk@office.example',
      'sysName switch7',
      `createUser watcher SHA ${password} AES ${password}`,
      'rouser watcher priv',
    ].join('\n');
    const env = { SNMP_PERSISTENT_DIR: lab.makeFolder('state'), MIBS: '' };
    const file = lab.file('snmpd.conf', config);
    await server.serve(['snmpd', '-f', '-Lo', '-C', '-c', file, `udp:${at.server}:161`], ['udp/161'], { env });
    const snmp = { 'event.dataset': 'session', 'network.protocol': 'snmp' };
    const quiet = { env: { ...env, SNMPCONFPATH: lab.folder } };
    for (const version of ['1', '2c']) {
      await client.run(['snmpget', '-v', version, '-c', community, at.server, '.1.3.6.1.2.1.1.5.0'], quiet);
      lab.step(`snmpget -v ${version} sysName`, {
        ...snmp,
        'hinomi.session.version': version === '1' ? /1/ : /2c/,
        'hinomi.session.cleartext_login': true,
        'hinomi.session.auth_method': 'community',
        'hinomi.session.server_name': 'switch7',
        'hinomi.session.outcome': 'success',
      });
    }
    await client.run(['snmpwalk', '-v', '2c', '-c', community, at.server, '.1.3.6.1.2.1.1'], quiet);
    lab.step('snmpwalk -v 2c of system', {
      ...snmp,
      'hinomi.session.server_software': /Linux/,
      'hinomi.snmp.system_contact': 'desk@office.example',
      'hinomi.snmp.system_location': 'Back room',
      'hinomi.snmp.pdu_types': /next/i,
    });
    await client.run(['snmpget', '-v', '2c', '-c', 'public', '-r', '0', at.server, '.1.3.6.1.2.1.1.5.0'], quiet);
    lab.step('snmpget -c public, which is not the community', { ...snmp, 'hinomi.snmp.community_default': true });
    const as = ['-v', '3', '-u', 'watcher', '-l', 'authPriv', '-a', 'SHA', '-A', password, '-x', 'AES', '-X', password];
    await client.run(['snmpget', ...as, at.server, '.1.3.6.1.2.1.1.5.0'], quiet);
    lab.step('snmpget -v 3 -u watcher -l authPriv', {
      ...snmp,
      'hinomi.session.version': /3/,
      'user.name': 'watcher',
      'hinomi.session.cleartext_login': null,
    });
  },
};

export const NTP: Scenario = {
  name: 'ntp',
  title: 'NTP: ntpdig asks chronyd',
  packages: ['chrony', 'ntpsec-ntpdig'],
  async run(lab) {
    const { client, server, at } = lab;
    // Without touching the clock: -x.
    const config = lab.file(
      'chrony.conf',
      `local stratum 8\nallow\npidfile ${lab.folder}/pid\ncmdport 0\nbindcmdaddress /\n`,
    );
    await server.serve(['chronyd', '-x', '-d', '-u', 'root', '-f', config], ['udp/123'], { user: 'root' });
    await client.run(['ntpdig', '-t', '2', at.server]);
    await client.run(['ntpdig', '-t', '2', at.server6]);
    const ntp = { 'event.dataset': 'session', 'network.protocol': 'ntp', 'hinomi.session.outcome': 'success' };
    lab.step('ntpdig', { ...ntp, 'destination.ip': at.server, 'hinomi.ntp.stratum': 8 });
    lab.step('ntpdig over IPv6', { ...ntp, 'destination.ip': at.server6, 'hinomi.ntp.stratum': 8 });
  },
};

export const SSDP: Scenario = {
  name: 'ssdp',
  title: 'SSDP: upnpc and gssdp-discover find miniupnpd',
  packages: ['miniupnpd', 'miniupnpc', 'gupnp-tools'],
  async run(lab) {
    const { client, server, at } = lab;
    const config = lab.file(
      'upnpd.conf',
      'ext_ifname=lo\next_ip=11.22.33.44\nlistening_ip=eth0\nhttp_port=5000\nuuid=0b8bcd80-0001\n',
    );
    await server.must(['ip', 'route', 'add', '239.0.0.0/8', 'dev', 'eth0'], { user: 'root' });
    await server.serve(['miniupnpd', '-d', '-4', '-f', config, '-P', lab.path('pid')], ['udp/1900'], { user: 'root' });
    await client.run(['upnpc', '-s'], { seconds: 5 });
    const ssdp = { 'event.dataset': 'session', 'network.protocol': 'ssdp' };
    lab.step(
      'upnpc -s',
      { ...ssdp, 'hinomi.ssdp.methods': 'm-search', 'hinomi.ssdp.targets': /InternetGatewayDevice/ },
      {
        ...ssdp,
        'hinomi.ssdp.locations': new RegExp(`http://${at.server}:5000/`),
        'hinomi.session.server_software': /MiniUPnPd/,
      },
      { 'event.dataset': 'http', 'destination.port': 5000, 'url.path': /rootDesc/, 'http.response.status_code': 200 },
    );
    await client.run(['gssdp-discover', '-i', 'eth0', '--timeout=2'], { seconds: 4 });
    lab.step('gssdp-discover', {
      ...ssdp,
      'hinomi.ssdp.targets': 'ssdp:all',
      'hinomi.session.client_software': /GSSDP/,
    });
  },
};

export const MQTT: Scenario = {
  name: 'mqtt',
  title: 'MQTT: mosquitto_pub and mosquitto_sub to mosquitto',
  packages: ['mosquitto', 'mosquitto-clients'],
  async run(lab) {
    const { client, server, at } = lab;
    const password = lab.secret();
    const users = lab.file('users', '', 0o600);
    await server.must(['mosquitto_passwd', '-b', users, 'meter', password]);
    const config = lab.file('mosquitto.conf', `listener 1883\nallow_anonymous false\npassword_file ${users}\n`);
    await server.serve(['mosquitto', '-c', config], ['tcp/1883']);
    const as = ['-h', at.server, '-u', 'meter', '-P', password];
    const mqtt = { 'event.dataset': 'session', 'network.protocol': 'mqtt' };
    const listen = ['mosquitto_sub', ...as, '-i', 'panel-1', '-t', 'office/#', '-C', '1', '-W', '5'];
    const heard = client.run(listen);
    await client.run(['sleep', '0.5']);
    const topic = ['-t', 'office/heat', '-m', '21.5'];
    await client.run(['mosquitto_pub', ...as, '-i', 'meter-1', '-q', '1', ...topic, '--will-topic', 'office/gone']);
    await heard;
    const login = { 'user.name': 'meter', 'hinomi.session.cleartext_login': true, 'hinomi.session.outcome': 'success' };
    lab.step('mosquitto_pub -u meter -t office/heat', {
      ...mqtt,
      ...login,
      'hinomi.mqtt.client_id': 'meter-1',
      'hinomi.mqtt.published': 'office/heat',
      'hinomi.mqtt.will_topic': 'office/gone',
    });
    lab.step('mosquitto_sub -t office/#', {
      ...mqtt,
      ...login,
      'hinomi.mqtt.client_id': 'panel-1',
      'hinomi.mqtt.subscribed': 'office/#',
      'hinomi.mqtt.received': 'office/heat',
    });
    const other = ['-h', at.server, '-u', 'taro', '-P', lab.secret(), '-V', 'mqttv5', '-i', 'x'];
    await client.run(['mosquitto_pub', ...other, ...topic]);
    lab.step('mosquitto_pub -V mqttv5 with a wrong password', {
      ...mqtt,
      'user.name': 'taro',
      'hinomi.session.version': /5/,
      'hinomi.session.outcome': 'failure',
      'hinomi.session.error': /./,
    });
  },
};

export const LLDP: Scenario = {
  name: 'lldp',
  title: 'LLDP and CDP: lldpd announces itself',
  packages: ['lldpd'],
  async run(lab) {
    const { server } = lab;
    await server.must(['mkdir', '-p', '/run/lldpd'], { user: 'root' });
    const words = ['-S', 'Switch of the back room', '-P', 'Model 7', '-m', lab.at.server, '-M', '4', '-l', '-ccc'];
    await server.serve(['lldpd', '-d', ...words, '-I', 'eth0', '-u', lab.path('socket')], /./, { user: 'root' });
    await lab.client.run(['sleep', '4']);
    const asset = { 'event.dataset': 'asset', 'host.name': /^srv1/ };
    lab.step(
      'lldpd starts',
      {
        ...asset,
        'hinomi.asset.evidence': 'lldp',
        'hinomi.asset.port_description': 'eth0',
        'hinomi.asset.description': 'Switch of the back room',
        'host.ip': lab.at.server,
      },
      { ...asset, 'hinomi.asset.evidence': 'cdp', 'hinomi.asset.port_id': 'eth0' },
    );
  },
};
