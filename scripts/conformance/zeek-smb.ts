import type { AnyRecord } from '../../protocol/records/records.js';
import { detailOf, oneOf, told, type ZeekLog, type ZeekRow } from './zeek-log.js';

const isSmb = (record: AnyRecord): boolean =>
  record['network.protocol'] === 'smb' && record['event.dataset'] === 'session';
/** Zeek's words for what has no name, or is known only by a share of which it has not seen the connection. */
const ROOT = '<share_root>';

/** smb_mapping.log: a share that is connected. */
export const SMB_MAPPING_LOG: ZeekLog = {
  name: 'smb_mapping',
  isShared: true,
  isOurs: isSmb,
  fields: (row, record) =>
    (
      [
        ['path', told(row, 'path'), record?.['hinomi.session.share']],
        ['share_type', told(row, 'share_type')?.toLowerCase(), detailOf(record, 'share_type')],
        ['native_file_system', told(row, 'native_file_system'), detailOf(record, 'file_system')],
      ] as const
    ).filter(([, expected]) => expected !== undefined),
};

/** smb_files.log: a file or pipe that is opened, deleted or renamed. */
export const SMB_FILES_LOG: ZeekLog = {
  name: 'smb_files',
  isShared: true,
  isOurs: isSmb,
  fields: (row, record) => {
    const name = told(row, 'name');
    return (
      [
        ['path', told(row, 'path'), record?.['hinomi.session.share']],
        ['name', name === ROOT ? undefined : name, nameOf(row, record)],
      ] as const
    ).filter(([, expected]) => expected !== undefined);
  },
};

function nameOf(row: ZeekRow, record: AnyRecord | undefined): unknown {
  const name = told(row, 'name');
  switch (row['action']) {
    case 'SMB::FILE_DELETE':
      return oneOf(record, 'hinomi.session.deleted_names', name);
    case 'SMB::FILE_RENAME': {
      const names = (record?.['hinomi.session.renamed_names'] as string[] | undefined) ?? [];
      return names.includes(`${told(row, 'prev_name')} -> ${name}`) ? name : names;
    }
    case 'SMB::PIPE_OPEN':
    case 'SMB::PIPE_CLOSE':
      return String(record?.['hinomi.session.pipe']).split(', ').includes(String(name)) ? name : undefined;
    default:
      return oneOf(record, 'hinomi.session.file_names', name);
  }
}
