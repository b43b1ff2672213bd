import type { EventClass } from '../verdict.js';

export interface WindowsEvent {
  readonly action: string;
  readonly class: EventClass;
  readonly category: readonly string[];
  readonly types: readonly string[];
  readonly outcome?: 'success' | 'failure';
  readonly alert?: true;
}

type Row = readonly [
  ids: string,
  action: string,
  eventClass: EventClass,
  category: string,
  types: string,
  outcome?: 'success' | 'failure' | undefined,
  alert?: true,
];

/** Event ids of the channels Security, System and Defender. Microsoft, "Appendix L: Events to Monitor" and the pages of each event. */
const ROWS: readonly Row[] = [
  ['1102 104', 'audit-log-cleared', 'admin_change', 'iam', 'admin change', undefined, true],
  ['1100', 'logging-service-shutdown', 'system', 'process', 'end'],
  ['4608', 'system-startup', 'system', 'host', 'start'],
  ['4609', 'system-shutdown', 'system', 'host', 'end'],
  ['4616', 'system-time-changed', 'admin_change', 'configuration', 'change'],
  ['4624', 'logged-in', 'auth', 'authentication', 'start', 'success'],
  ['4625', 'logon-failed', 'auth', 'authentication', 'start', 'failure'],
  ['4634', 'logged-out', 'auth', 'authentication', 'end', 'success'],
  ['4647', 'logged-out', 'auth', 'authentication', 'end', 'success'],
  ['4648', 'logged-in-explicit', 'auth', 'authentication', 'start', 'success'],
  ['4672', 'logged-in-special', 'auth', 'iam', 'admin', 'success'],
  ['4688', 'created-process', 'endpoint', 'process', 'start'],
  ['4689', 'exited-process', 'endpoint', 'process', 'end'],
  ['4697 7045', 'service-installed', 'admin_change', 'configuration', 'installation change'],
  ['4698', 'scheduled-task-created', 'admin_change', 'configuration', 'creation change'],
  ['4699', 'scheduled-task-deleted', 'admin_change', 'configuration', 'deletion change'],
  ['4700 4701 4702', 'scheduled-task-changed', 'admin_change', 'configuration', 'change'],
  ['4719', 'changed-audit-config', 'admin_change', 'iam configuration', 'admin change'],
  ['4720', 'added-user-account', 'admin_change', 'iam', 'user creation'],
  ['4722', 'enabled-user-account', 'admin_change', 'iam', 'user change'],
  ['4723', 'changed-password', 'admin_change', 'iam', 'user change'],
  ['4724', 'reset-password', 'admin_change', 'iam', 'user change'],
  ['4725', 'disabled-user-account', 'admin_change', 'iam', 'user change'],
  ['4726', 'deleted-user-account', 'admin_change', 'iam', 'user deletion'],
  ['4738 4742', 'modified-user-account', 'admin_change', 'iam', 'user change'],
  ['4740', 'locked-out-user-account', 'auth', 'iam', 'user change'],
  ['4741', 'added-computer-account', 'admin_change', 'iam', 'admin creation'],
  ['4743', 'deleted-computer-account', 'admin_change', 'iam', 'admin deletion'],
  ['4767', 'unlocked-user-account', 'admin_change', 'iam', 'user change'],
  ['4781', 'renamed-user-account', 'admin_change', 'iam', 'user change'],
  ['4727 4731 4754', 'added-group-account', 'admin_change', 'iam', 'group creation'],
  ['4728 4732 4756', 'added-member-to-group', 'admin_change', 'iam', 'group change'],
  ['4729 4733 4757', 'removed-member-from-group', 'admin_change', 'iam', 'group change'],
  ['4730 4734 4758', 'deleted-group-account', 'admin_change', 'iam', 'group deletion'],
  ['4735 4737 4755', 'modified-group-account', 'admin_change', 'iam', 'group change'],
  ['4768', 'kerberos-authentication-ticket-requested', 'auth', 'authentication', 'start'],
  ['4769', 'kerberos-service-ticket-requested', 'auth', 'authentication', 'start'],
  ['4770', 'kerberos-service-ticket-renewed', 'auth', 'authentication', 'start'],
  ['4771', 'kerberos-preauth-failed', 'auth', 'authentication', 'start', 'failure'],
  ['4776', 'credential-validated', 'auth', 'authentication', 'start'],
  ['4778', 'session-reconnected', 'auth', 'authentication session', 'start', 'success'],
  ['4779', 'session-disconnected', 'auth', 'authentication session', 'end', 'success'],
  ['4800', 'workstation-locked', 'auth', 'session', 'info'],
  ['4801', 'workstation-unlocked', 'auth', 'session', 'info'],
  ['4825', 'rdp-denied', 'auth', 'authentication', 'start', 'failure'],
  ['4946 4947 4948 4950 4956', 'firewall-rule-changed', 'admin_change', 'configuration', 'change'],
  ['5025 5034', 'firewall-stopped', 'admin_change', 'configuration', 'change'],
  ['5140 5145', 'network-share-accessed', 'endpoint', 'file network', 'access'],
  ['5152 5157', 'connection-blocked', 'traffic', 'network', 'connection denied'],
  ['5154 5156 5158', 'connection-permitted', 'traffic', 'network', 'connection allowed'],
  ['4103 4104', 'powershell-script', 'endpoint', 'process', 'info'],
  ['1116 1006 1015', 'malware-detected', 'malware', 'malware', 'info', undefined, true],
  ['1117 1007', 'malware-action-taken', 'malware', 'malware', 'info', undefined, true],
  ['1118 1119 1008', 'malware-action-failed', 'malware', 'malware', 'info', undefined, true],
  ['5001 5007 5010 5012', 'antivirus-configuration-changed', 'admin_change', 'configuration', 'change'],
  ['6005', 'event-log-started', 'system', 'host', 'start'],
  ['6006 6008 1074', 'system-shutdown', 'system', 'host', 'end'],
  ['7036 7040', 'service-state-changed', 'system', 'host', 'change'],
];

/** By event id. Ids of Defender mean something only in its own channel. */
export const EVENTS: ReadonlyMap<string, WindowsEvent> = new Map(
  ROWS.flatMap(([ids, action, eventClass, category, types, outcome, alert]) =>
    ids.split(' ').map((id) => [
      id,
      {
        action,
        class: eventClass,
        category: category.split(' '),
        types: types.split(' '),
        ...(outcome === undefined ? {} : { outcome }),
        ...(alert === undefined ? {} : { alert }),
      },
    ]),
  ),
);

/** Kinds of logon of 4624 and 4625. */
export const LOGON_TYPES: Readonly<Record<string, string>> = {
  '2': 'Interactive',
  '3': 'Network',
  '4': 'Batch',
  '5': 'Service',
  '7': 'Unlock',
  '8': 'NetworkCleartext',
  '9': 'NewCredentials',
  '10': 'RemoteInteractive',
  '11': 'CachedInteractive',
};
