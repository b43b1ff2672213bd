/**
 * Every operating failure: what it means and what to do. Codes are FOLDER_WHAT; a retired code is never reused.
 * The remedy is shown to people after the message.
 */
export const ERROR_CODES = {
  CONFIG_UNREADABLE: 'The configuration file could not be read. Check the path and the permissions.',
  CONFIG_INVALID: 'The configuration has a wrong, unknown or missing key. Correct the keys that are named.',
  CAPTURE_UNREADABLE: 'The recording could not be opened. Check the path and the permissions.',
  CAPTURE_FORMAT: 'The file is not a pcap or pcapng recording that can be read.',
  CAPTURE_TRUNCATED: 'The recording ends in the middle of a packet. The records up to there are complete.',
  CAPTURE_CORRUPT: 'The recording is damaged. The records up to the damage are complete.',
  CAPTURE_LINK_TYPE: 'The link type is not known to the sensor. Record the traffic on an Ethernet interface.',
  CAPTURE_PRIVILEGE: 'Capturing needs CAP_NET_RAW. Run scripts/up once as root; it prepares the sensor.',
  CAPTURE_INTERFACE: 'The interface does not exist or is down. Choose another one with --interface.',
  CAPTURE_LIBRARY: 'The capture library is missing or was built for another Node. Run scripts/setup once more.',
  CAPTURE_FILTER: 'The filter is not understood. Correct it at the place that is named; docs/capture.md has the words.',
  CAPTURE_REQUEST: 'The request for packets has a wrong or missing field. Correct the field that is named.',
  CAPTURE_BUSY: 'Packets are being captured on this box already. Wait for the end of that, or stop it.',
  CAPTURE_NO_SENSOR: 'The sensor is not running at the moment. It is started again by itself; try again in a minute.',
  CAPTURE_RING_OFF: 'This box keeps no packets. Its owner can allow it: watch.ring in its configuration file.',
  CAPTURE_RING_FAILED: 'The packets that this box keeps could not be read. Check its disk.',
  SENSOR_FAILED: 'The sensor process ended. It is started again by itself; see the log for the reason.',
  SPOOL_OPEN_FAILED: 'The spool folder cannot be used. Check that it is writable and used by one agent only.',
  SPOOL_WRITE_FAILED: 'The spool could not be written. Check the disk: it may be full or read-only.',
  CANARY_FAILED:
    'The marked packet could not be sent on the watched interface. Give it an address; a link-local one will do.',
  ENROL_CODE_INVALID: 'The enrolment code is wrong, was used or has expired. Ask the collector for a new one.',
  ENROL_REFUSED: 'The collector refused the enrolment. Read its reason.',
  ENROL_MISSING: 'This box is not enrolled. Run hinomi-agent enrol with the code for its site.',
  IDENTITY_REVOKED: 'The collector ended the identity of this box. Enrol it anew with a code of its site.',
  IDENTITY_UNKNOWN:
    'The collector does not know this certificate any more. Enrol the box anew with a code of its site.',
  AUTHORITY_LOCKED:
    'The keys of the authority cannot be opened. Give the passphrase or key file under which they were encrypted.',
  PUBLISH_UNREACHABLE: 'The collector cannot be reached. It is tried again by itself; nothing is lost meanwhile.',
  ADDRESS_IN_USE: 'Another program uses this port. End it or choose another port.',
  DATA_FOLDER: 'The data folder cannot be used. Check that it exists, is writable and not full.',
  STATE_OPEN_FAILED: 'The state database cannot be opened. Is another collector running on the same folder?',
  STORE_OPEN_FAILED: 'The telemetry store cannot be opened. Is another collector running on the same folder?',
  STORE_WRITE_FAILED: 'The telemetry store did not accept records. Agents keep them and send them again.',
  STORE_ENGINE_CRASHED: 'The telemetry engine ended while it stored records. It is started again and tries once more.',
  STORE_ROWS_REFUSED: 'The telemetry store cannot hold a record. It is in the dead letters with its reason.',
  STORE_QUERY_FAILED: 'The telemetry store could not answer. Try a shorter time range.',
  STORE_ENGINE_ENDED:
    'The telemetry engine was restarted meanwhile. Ask again; with a shorter time range if it happens again.',
  STORE_BUSY: 'Too many queries wait for their turn. Ask again in a moment.',
  BACKUP_TARGET: 'Name a folder that is not there yet, or is empty, on a disk with enough room.',
  BACKUP_RUNNING: 'Wait until the backup that runs is complete.',
  BACKUP_FAILED: 'The backup is not complete and was removed. Check the room on its disk and the log, and begin again.',
  BACKUP_DAMAGED: 'The backup is incomplete or was changed since it was made. Use another one.',
  RESTORE_TARGET: 'Name a data folder that is not there yet, or is empty.',
  QUERY_INVALID: 'The query is not understood. Correct it at the place that is named.',
  QUERY_LIMIT: 'The query is too large. Ask for less at once.',
  FLEET_NOT_FOUND: 'There is no such company, site or agent.',
  FLEET_EXISTS: 'There is already one with this name.',
  FLEET_LIMITED: 'Too many enrolment codes for this site within an hour. Use one of them, or wait.',
  AUTH_FAILED: 'The name or the password is wrong.',
  AUTH_REQUIRED: 'Sign in first.',
  AUTH_FORBIDDEN: 'Your role does not allow this.',
  AUTH_LIMITED: 'Too many attempts. Wait a minute.',
  AUTH_PASSWORD_WEAK: 'The password is too short or the same as the old one. Use 12 characters or more.',
  AUTH_PASSWORD_MUST_CHANGE: 'The one-time password must be replaced first.',
  AUTH_CODE_REQUIRED: 'Give the code of your authenticator, or a recovery code.',
  AUTH_CODE_WRONG:
    'Wait for the next code and give that one. If it stays wrong, set the clock of the authenticator, use a recovery code, or ask an administrator to reset the second step.',
  AUTH_TOTP_MUST_SET_UP: 'This collector wants a second step: set up an authenticator first.',
  AUTH_TOTP_LOST: 'Use a recovery code, or ask an administrator to reset the second step.',
  AUTH_TOTP_STATE: 'Begin once more with setting up the second step.',
  FLEET_NOT_EMPTY: 'Remove what belongs to it first.',
  INPUT_INVALID: 'The request has a wrong or missing field. Correct the field that is named.',
  REMOTE_NOT_FOR_US: 'The message is for another box. Nothing was done.',
  REMOTE_SIGNATURE:
    'The message was not signed by the collector of this box, or was changed on its way. Nothing was done.',
  REMOTE_EXPIRED: 'The command came too late. Send it again if it is still wanted.',
  REMOTE_REPLAYED: 'The command had come before. It is obeyed once; send a new one.',
  REMOTE_INVALID:
    'The box does not know the command or its arguments. Correct what is named; the box may need an update.',
  REMOTE_FORBIDDEN:
    "The office's own policy forbids it. It can be allowed only there: section policy of the box's file.",
  REMOTE_BUSY: 'The box is doing something of the kind already. Try again in a few minutes.',
  REMOTE_INTERRUPTED: 'The agent was stopped before it was done. Send the command again.',
  REMOTE_FAILED: 'The box could not do it. Read its reason.',
  REMOTE_UPLOAD_FAILED:
    'The result could not be brought to the collector. Send the command again when the line is better.',
  REMOTE_CONFIG_INVALID: 'The settings are not valid for this box. Correct the key that is named and set them again.',
  REMOTE_CONFIG_OLD: 'The box has seen a newer version of its settings. Set them again: that makes a new version.',
  REMOTE_CONFIG_FAILED: 'The agent could not start with these settings and uses those from before.',
  REMOTE_CONFIG_CRASHED:
    'The agent ended with these settings and uses those from before. After a power cut: set them again.',
  REMOTE_CONFIG_UNPROVEN: 'With these settings nothing was acknowledged in time; those from before are used again.',
  REMOTE_NOT_FOUND: 'There is no such command, or no box at this site.',
  REMOTE_LIMIT: 'Too many commands wait for this site, or its result is too large. Wait until they are done.',
  REMOTE_NO_RESULT: 'The command has no file: it is not done yet, failed, or the file was removed after its time.',
  EDR_REFUSED:
    'The EDR cloud does not accept the credentials, or their role. Make new ones in its console and give them to the connector.',
  EDR_LIMITED: 'The EDR cloud wants fewer requests. The collector waits; nothing has to be done.',
  EDR_UNAVAILABLE:
    'The EDR cloud did not answer. Check the line and the state of the cloud; the collector tries again.',
  EDR_ANSWER: 'The EDR cloud answered what is not understood. If it stays, this collector needs an update.',
  EDR_INVALID: 'The connector cannot be made like this. Correct what is named.',
  EDR_NOT_FOUND: 'There is no such connector, job or endpoint. See connector list and connector test.',
  EDR_AMBIGUOUS: 'Several endpoints have this name. Give the id of the one that is meant.',
  EDR_EXISTS: 'There is one already. For another isolation of the same endpoint, release the one that lasts first.',
  EDR_STATE: 'The job is not in a state in which this can be done.',
  EDR_LIMIT: 'There are too many of them. Remove or end some first.',
  COLLECTOR_UNREACHABLE: 'Check the address with --url or HINOMI_URL, and that the collector runs.',
  COLLECTOR_NOT_RUNNING: 'Start it with hinomi-collector run --data FOLDER, or name its folder with --data.',
  SECRET_INVALID: 'Give the secret as one line on standard input, and a name of lower-case letters, digits and -.',
  SECRET_LOCKED:
    'The secret cannot be opened. Bring secrets.key back, or set it anew: hinomi-agent secret set NAME < FILE.',
  SETUP_STEP_FAILED: 'A step of the set-up failed; the message is from the program that was run.',
  USAGE: 'The command line is not understood. See --help.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export function remedyOf(code: ErrorCode): string {
  return ERROR_CODES[code];
}
