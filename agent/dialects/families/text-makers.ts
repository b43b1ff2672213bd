import type { EventClass } from '../verdict.js';

export type Form = 'pairs' | 'commas' | 'semicolons' | 'tabs' | 'bars' | 'colons' | 'structured' | 'json' | 'text';

export interface TextMaker {
  /** On the beginning of the whole message, header included. */
  readonly match: RegExp;
  readonly vendor: string;
  readonly product: string;
  readonly type: string;
  readonly form: Form;
  readonly fallback: EventClass;
  /** Whether the words of the message may say another class. */
  readonly isFixed: boolean;
}

type Row = readonly [
  match: RegExp,
  vendor: string,
  product: string,
  type: string,
  form: Form,
  fallback: EventClass,
  fixed?: true,
];

/** Makers with a form of their own that we know by a mark that only they have. The first that matches counts. */
const ROWS: readonly Row[] = [
  // Endpoints.
  [
    /"eventType": ?"(?:DetectionSummaryEvent|IncidentSummaryEvent|EppDetectionSummaryEvent|UserActivityAuditEvent|AuthActivityAuditEvent|RemoteResponseSession\w+|FirewallMatchEvent|IdentityProtectionEvent|CustomerIOCEvent|IdpDetectionSummaryEvent|MobileDetectionSummaryEvent|XdrDetectionSummaryEvent)|FalconHostLink/,
    'CrowdStrike',
    'Falcon',
    'edr',
    'json',
    'endpoint',
  ],
  [/CylancePROTECT|\bCylance\b[^|]{0,40}Event Type:/, 'BlackBerry', 'Cylance', 'edr', 'colons', 'endpoint'],
  [/Carbon Black App Control|Bit9 event|\bBit9\b/i, 'VMware', 'Carbon Black App Control', 'edr', 'pairs', 'endpoint'],
  [
    /\bCbDefense\b|confer-\d|"type": ?"CB_ANALYTICS"|cb_server|"cb_version"/,
    'VMware',
    'Carbon Black',
    'edr',
    'json',
    'endpoint',
  ],
  [
    /\bSymantecServer\b|\bsymantec_endpoint\b|,Risk name: |\bScan ID: \d+,Begin: |CIDS Signature|,Local(?: Host(?: IP)?)?: .{0,200},Remote|,Begin(?: Time)?: .{0,80},End(?: Time)?: |Application hash: /,
    'Symantec',
    'Endpoint Protection',
    'edr',
    'colons',
    'endpoint',
  ],
  [
    /Application_Name=[“”"].{0,400}(?:Incident_|Blocked=|Policy_Name)|INCIDENT_ID|incident_id=.{0,400}policy_name=/i,
    'Symantec',
    'Data Loss Prevention',
    'dlp',
    'pairs',
    'dlp',
    true,
  ],
  [/\bEPOEvents\b|<EPOevent>|<EPOEvent>/, 'Trellix', 'ePolicy Orchestrator', 'edr', 'text', 'endpoint'],
  [
    /\bKES\|\d|\bevent@23668\b|\bKLPRCI|\bklaud|\bGNRL_EV_/,
    'Kaspersky',
    'Endpoint Security',
    'edr',
    'structured',
    'endpoint',
  ],
  [/\b(?:Tanium|tanium_\w+@017472|@017472)\b/, 'Tanium', 'Tanium', 'edr', 'structured', 'endpoint', true],
  [
    /\bERAServer\b|\bESET(?:Protect)?\b|"event_type": ?"(?:Threat_Event|FirewallAggregated_Event|FilteredWebsites_Event|HipsAggregated_Event|EnterpriseInspectorAlert_Event|Audit_Event)"/,
    'ESET',
    'PROTECT',
    'edr',
    'json',
    'endpoint',
  ],
  [
    /\bfenotify-\d+\.|"product": ?"(?:HX|Web MPS|CMS|Email MPS)".{0,200}"alert"|"appliance-id"/,
    'FireEye',
    'FireEye',
    'ids',
    'json',
    'malware',
  ],
  [/"sentinelone|\bSentinelOne\b/i, 'SentinelOne', 'Singularity', 'edr', 'json', 'endpoint'],
  [/"cortex|\bCortex XDR\b|\bTraps ESM\b/i, 'Palo Alto Networks', 'Cortex XDR', 'edr', 'json', 'endpoint'],
  [
    /\b(?:ossec|wazuh)(?:-\w+)?(?:\[\d+\])?: .{0,40}Alert Level|Alert Level: \d+; Rule: \d+/,
    'Wazuh',
    'OSSEC',
    'ids',
    'semicolons',
    'ips',
  ],
  // Firewalls and the like.
  [
    /\bRT_(?:FLOW|SYSTEM|UTM|IDS|IDP|SECINTEL|AAMW|SCREEN|NAT|ALG|APPQOS|GTP|SRC_NAT)\b|\bWEBFILTER_URL_|\bAV_VIRUS_DETECTED_MT|ANTISPAM_SPAM_DETECTED_MT|CONTENT_FILTERING_BLOCKED_MT|IDP_ATTACK_LOG_EVENT|\bjunos@2636\b/,
    'Juniper',
    'SRX',
    'firewall',
    'structured',
    'traffic',
  ],
  [/\bAPPFW APPFW_|AAATM |\bSSLVPN \w+ \d+/, 'Citrix', 'NetScaler', 'load-balancer', 'text', 'traffic'],
  [
    /\bf5_irule=|\bF5@12276\b|\bASM:unit_hostname=|\bunit_hostname="|\bF5 - access_json\b|\bBIG-?IP\b/,
    'F5',
    'BIG-IP',
    'load-balancer',
    'commas',
    'traffic',
  ],
  [
    / (?:emerg|alert|crit|err|error|warning|notice|info|debug) (?:tmm\d*|mcpd|apmd|tmsh|httpd|audit_forwarder|systemd-journal|sshd|syslog-ng|bigd|big3d|sod|logger|iControlPortal\.cgi|gtmd|tmrouted|icrd_child|named|ltm|apd|asm_config_server\.pl|perl|run-parts|crond|ntpd|scriptd|restjavad|chmand|cbrd|mysqlhad|alertd|websso|dosl7d|iprepd|clusterd)\[\d+\]: /,
    'F5',
    'BIG-IP',
    'load-balancer',
    'text',
    'system',
  ],
  [/\b0[0-9a-f]{7}:[0-7]: /, 'F5', 'BIG-IP', 'load-balancer', 'text', 'system'],
  [
    /^(?:<\d{1,3}>)?(?:\d{4}-\d\d-\d\dT\S+|\w{3} +\d+ [\d:]+) +\S+ (?:SYS|WF|TR|AUDIT|NF) |\bbarracuda\b/i,
    'Barracuda',
    'Web Application Firewall',
    'waf',
    'text',
    'ips',
  ],
  [/\bcgxFlowLogV1\b|\bION_HOST=|\bcgxFlow/, 'Palo Alto Networks', 'Prisma SD-WAN', 'firewall', 'pairs', 'traffic'],
  [/\b(?:DefensePro|DefenseFlow|M_\d{5}: )|radware/i, 'Radware', 'DefensePro', 'ddos', 'text', 'dos'],
  [/\bvendor=(?:Websense|Forcepoint)\b/, 'Forcepoint', 'Web Security', 'proxy', 'pairs', 'url_filter'],
  [/\bAviatrix[A-Z]\w+:|\bAvxRl \S+/, 'Aviatrix', 'Aviatrix', 'firewall', 'commas', 'traffic'],
  [/\b(?:pfarm|Arbor|arbor-networks)\b.*(?:DoS|alert)/i, 'NETSCOUT', 'Arbor', 'ddos', 'text', 'dos', true],
  // Proxies.
  [
    /vendor=Zscaler\b|\turlsupercategory=|\tclienttranstime=|\tappclass=|\tdlpengine=|\bZscalerNSS\b|"sourcetype": ?"zscaler|\bNSSFeed\b|\bnssweblog\b/i,
    'Zscaler',
    'Internet Access',
    'proxy',
    'tabs',
    'url_filter',
  ],
  [
    /"ClientZEN"|"ConnectorZEN"|"SessionID".{0,300}"ConnectionStatus"|"LogTimestamp".{0,60}"Customer"/,
    'Zscaler',
    'Private Access',
    'proxy',
    'json',
    'vpn',
  ],
  [/\bx-bluecoat-|\bbluecoat - |\bProxySG\b|\bs-supplier-ip=/, 'Symantec', 'ProxySG', 'proxy', 'pairs', 'url_filter'],
  [
    /\bmwg: |status="[\d/]+" srcip="[^"]*" user="[^"]*" dhost=/,
    'Trellix',
    'Web Gateway',
    'proxy',
    'pairs',
    'url_filter',
  ],
  [
    /\bTCP_(?:MISS|HIT|DENIED|CLIENT_REFRESH_MISS|REFRESH_HIT|MEM_HIT|TUNNEL)\w*\/\d{3} .{0,2000}(?:DEFAULT_CASE|ALLOW_|BLOCK_|PASSTHRU_|DECRYPT_|OTHER_|MONITOR_|DROP_|REDIRECT_)|\bNONE\/\d{3} \d+ [A-Z]+ \S+ .{0,200}-(?:NONE|DefaultGroup|DefaultRouting|RoutingPolicy)\b/,
    'Cisco',
    'Secure Web Appliance',
    'proxy',
    'text',
    'url_filter',
  ],
  [
    /Info: Firewall noted (?:TCP|UDP) data|Info: Version: \S+ SN: \S+|\bL4TM\b/,
    'Cisco',
    'Secure Web Appliance',
    'proxy',
    'text',
    'system',
  ],
  [/\bnetskope\b/i, 'Netskope', 'Netskope', 'proxy', 'json', 'url_filter'],
  // Mail.
  [
    /\b(?:filter_instance\d+|pps|pps_\w+)\[\d+\]: |\brprt s=\S+ (?:m=\S+ )?(?:x=\S+ )?mod=|"threatsInfoMap"|"messageParts".{0,200}"quarantineRule"|proofpoint/i,
    'Proofpoint',
    'Protection Server',
    'mail',
    'pairs',
    'mail_spam',
  ],
  [
    /: (?:Info|Warning|Critical|Debug|Trace): (?:.{0,80}\b(?:MID|ICID|DCID|RID|SDR|CASE|case antispam|Begin Logfile|Version: \S+ SN:|PF:|req:|SSL error with client|Session \S+ from|http service on|PERIODIC REPORTS|User \S+ from|PID \d+:|File reputation|Response received for file|File not uploaded|SenderBase|SMTP|alert (?:was )?sent|Error while sending alert|TLS connection|The system time|Hostname is|waiting for new updates|Message containing attachment|Delayed HAT|A System)\b)/,
    'Cisco',
    'Secure Email Gateway',
    'mail',
    'text',
    'system',
  ],
  [
    /\w{3} \w{3} +\d{1,2} [\d:]{8} \d{4} (?:Info|Warning|Critical|Debug|Trace): /,
    'Cisco',
    'Secure Email Gateway',
    'mail',
    'text',
    'system',
  ],
  [/\b(?:MIMECAST|mimecast)\b|\|aCode=|datetime=\S+\|aCode/, 'Mimecast', 'Email Security', 'mail', 'bars', 'mail_spam'],
  [
    /\[Brightmail\]|\bbmserver: |\becelerity: \d|\bBrightmail\b/,
    'Symantec',
    'Messaging Gateway',
    'mail',
    'bars',
    'mail_spam',
  ],
  [/\bclearswift\b/i, 'Clearswift', 'Secure Email Gateway', 'mail', 'pairs', 'mail_spam'],
  // Networks' guards.
  [
    /\bSNMP_TRAP_LINK_(?:UP|DOWN): ifIndex|\bEVENT <[\w ]*UpDown> \S+ index \d|\bUI_(?:DBASE|CMDLINE|LOGIN|LOGOUT|COMMIT|AUTH|CFG)\w*/,
    'Juniper',
    'Junos',
    'network',
    'structured',
    'system',
  ],
  [
    /\bid=firewall time="[^"]{1,40}" fw="[^"]{1,64}" tz=[+-]\d{4}/,
    'Stormshield',
    'Network Security',
    'firewall',
    'pairs',
    'traffic',
  ],
  [/\bhaproxy\[/, 'HAProxy', 'HAProxy', 'load-balancer', 'text', 'traffic', true],
  [/\bwabengine\b|\[(?:SSH|RDP) Session\]/, 'WALLIX', 'Bastion', 'pam', 'pairs', 'auth'],
  [/\bCISE_\w+/, 'Cisco', 'ISE', 'nac', 'commas', 'auth'],
  [/\bCSCOacs_\w+/, 'Cisco', 'ACS', 'nac', 'commas', 'auth'],
  [/\bPulseSecure: |\bivanti: |\bive - \[|\bive \| /i, 'Ivanti', 'Connect Secure', 'vpn', 'bars', 'vpn'],
  [
    /\baudit_action="|\bSyslogAlertForwarder|\balert_name=.{0,300}attack_|IDSAlert/i,
    'Trellix',
    'Network Security Platform',
    'ips',
    'pairs',
    'ips',
  ],
  [
    /\b(?:vectra_(?:cef|json|standard)\w*)\b|"vectra_timestamp"|"headend_addr"/,
    'Vectra',
    'Cognito',
    'ids',
    'json',
    'ips',
  ],
  [/\bdarktrace\b|"(?:breachUrl|pbid|aianalyst)/i, 'Darktrace', 'Darktrace', 'ids', 'json', 'ips'],
  [/\bssldata\[\d+\]: /, 'Symantec', 'SSL Visibility', 'proxy', 'text', 'traffic'],
  [/\bnnm: \d/, 'Tenable', 'Nessus Network Monitor', 'scanner', 'bars', 'system', true],
  [/\b(?:Tenable\.ad|AlsidForAD)\[\d+\]: /, 'Tenable', 'Identity Exposure', 'ids', 'text', 'auth', true],
  // People and secrets.
  [/\bBG\[\d+\]: \d+:\d\d:\d\d:/, 'BeyondTrust', 'Secure Remote Access', 'pam', 'semicolons', 'auth'],
  [/\bSecureAuth@27389\b|\bSecureAuth\d* \d+ /, 'SecureAuth', 'Identity Platform', 'auth', 'structured', 'auth', true],
  [
    /\b(?:audit\.(?:admin|runtime)|system)\.[\w.]*(?:com\.rsa|rsa\.|ionsconsole|operationsconsole|backup\.)|com\.rsa\.|weblogic\.|org\.jboss\.|org\.postgresql\.util\.PSQLException/,
    'RSA',
    'SecurID',
    'auth',
    'text',
    'auth',
  ],
  [/\bCGP@21513|\bCOM@21513|\bvee-fs\b|@21513 /i, 'Thales', 'Vormetric', 'dlp', 'structured', 'endpoint'],
  [
    /\bNumberOfLogins=|\bAttackingHost=|\bStealthINTERCEPT\b|\bStealthDEFEND\b/i,
    'Netwrix',
    'StealthINTERCEPT',
    'ids',
    'pairs',
    'auth',
  ],
  [/\bnm_\w+@11912\b|\bnmreporting/, 'NetMotion', 'Mobility', 'vpn', 'structured', 'vpn'],
  [/\bvault audit\b|\bCyberArk\b/i, 'CyberArk', 'Vault', 'pam', 'pairs', 'auth'],
  // The least certain mark, so the last: the way of the AsyncOS of mail and web gateways.
  [
    /(?:^|[ >])[\w.-]{2,40}: (?:Info|Warning|Critical|Debug|Trace): /,
    'Cisco',
    'Secure Email Gateway',
    'mail',
    'text',
    'system',
  ],
];

export const TEXT_MAKERS: readonly TextMaker[] = ROWS.map(([match, vendor, product, type, form, fallback, fixed]) => ({
  ...{ match, vendor, product, type, form, fallback },
  isFixed: fixed === true,
}));
