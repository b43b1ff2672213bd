import { testLines } from '../lines/cases.js';

testLines({ 'observer.vendor': 'Cisco' }, [
  [
    'a change',
    '<189>84027: Nov 25 19:00:00.123 JST: %SYS-5-CONFIG_I: Configured from console by taro on vty0 (192.0.2.5)',
    {
      '@timestamp': '2026-11-25T10:00:00.123Z',
      'observer.product': 'IOS',
      'event.code': 'SYS-5-CONFIG_I',
      'event.severity': 25,
      'hinomi.event_class': 'admin_change',
      'user.name': 'taro',
      'source.ip': '192.0.2.5',
    },
  ],
  [
    'an access list',
    '<190>101: rtr1: Nov 25 19:00:00: %SEC-6-IPACCESSLOGP: list WAN-IN denied tcp 203.0.113.9(40123) (GigabitEthernet0/0 0000.5e00.5301) -> 192.0.2.1(22), 1 packet',
    {
      'hinomi.event_class': 'traffic',
      'event.type': ['connection', 'denied'],
      'event.action': 'denied',
      'rule.name': 'WAN-IN',
      'source.ip': '203.0.113.9',
      'source.port': 40123,
      'destination.port': 22,
      'network.transport': 'tcp',
    },
  ],
  [
    'an access list that permits',
    '<190>101: *Nov 25 19:00:00: %SEC-6-IPACCESSLOGDP: list 102 permitted icmp 192.0.2.9 -> 192.0.2.1 (8/0), 1 packet',
    { 'event.type': ['connection', 'allowed'], 'network.transport': 'icmp' },
  ],
  [
    'a login',
    '<189>101: Nov 25 19:00:00: %SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: taro] [Source: 192.0.2.5] [localport: 22] at 19:00:00 JST Wed Nov 25 2026',
    { 'hinomi.event_class': 'auth', 'event.outcome': 'success', 'user.name': 'taro', 'source.ip': '192.0.2.5' },
  ],
  [
    'a failed login',
    '<188>101: Nov 25 19:00:00: %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: root] [Source: 203.0.113.66] [localport: 22] [Reason: Login Authentication Failed] at 19:00:00 JST Wed Nov 25 2026',
    {
      'hinomi.event_class': 'auth',
      'event.outcome': 'failure',
      'source.ip': '203.0.113.66',
      'event.reason': 'Login Authentication Failed',
    },
  ],
  [
    'a link',
    '<187>101: Nov 25 19:00:00: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down',
    { 'hinomi.event_class': 'system', 'event.action': 'link down', 'vendor.interface': 'GigabitEthernet0/1' },
  ],
  [
    'NX-OS',
    '<189>: 2026 Nov 25 19:00:00 JST: %ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/1 is down (Link failure)',
    { 'observer.product': 'NX-OS', 'event.action': 'link down' },
  ],
  [
    'IOS XR',
    "<190>RP/0/RSP0/CPU0:Nov 25 19:00:00: SSHD_[65935]: %SECURITY-SSHD-6-INFO_USER_LOGOUT : User 'taro' from '192.0.2.5' logged out on 'vty0'",
    { 'observer.product': 'IOS XR', 'hinomi.event_class': 'auth', 'user.name': 'taro', 'source.ip': '192.0.2.5' },
  ],
  [
    'a port that saw a stranger',
    '<186>101: Nov 25 19:00:00: %PORT_SECURITY-2-PSECURE_VIOLATION: Security violation occurred, caused by MAC address 0000.5e00.5307 on port GigabitEthernet0/3.',
    { 'hinomi.event_class': 'ips', 'source.mac': '00-00-5E-00-53-07' },
  ],
]);

testLines({ 'observer.vendor': 'Arista', 'observer.product': 'EOS' }, [
  [
    'Arista writes alike',
    '<166>Nov 25 19:00:00 sw1 Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet1, changed state to up',
    { 'event.action': 'link up', 'vendor.interface': 'Ethernet1' },
  ],
  [
    'an agent',
    "<166>2026-11-25T19:00:00+09:00 sw1 ProcMgr: %AGENT-6-INITIALIZED: Agent 'Lldp' initialized; pid=1234",
    { 'hinomi.event_class': 'system' },
  ],
]);
