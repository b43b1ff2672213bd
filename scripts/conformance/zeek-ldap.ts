import type { AnyRecord } from '../../protocol/records/records.js';
import { detailOf, oneOf, told, type ZeekLog, type ZeekRow } from './zeek-log.js';

const isLdap = (record: AnyRecord): boolean => record['network.protocol'] === 'ldap';
const SCOPES: Readonly<Record<string, string>> = { single: 'one', tree: 'sub' };
/** Zeek's words for results are those of RFC 4511, with blanks. */
const plain = (text: string | undefined): string | undefined => text?.replaceAll(/[^a-z0-9]/gi, '').toLowerCase();

/** ldap.log: a login is a record; what else is done between two logins is told in that of the first. */
export const LDAP_LOG: ZeekLog = {
  name: 'ldap',
  isShared: true,
  isOurs: isLdap,
  // A step of a login that is told with its end.
  isSkipped: (row) => row['result'] === 'SASL bind in progress',
  fields: (row, record) => {
    const opcode = told(row, 'opcode') ?? '';
    const isBind = opcode.startsWith('bind');
    const isSimple = opcode === 'bind simple';
    return (
      [
        [
          'opcode',
          isBind ? 'bind' : nameOf(row),
          oneOf(record, 'hinomi.session.operations', isBind ? 'bind' : nameOf(row)),
        ],
        ['version', told(row, 'version'), record?.['hinomi.session.version']],
        ['result', isBind ? plain(told(row, 'result')) : undefined, resultOf(record)],
        ['diagnostic_message', messageOf(row), detailOf(record, 'message')],
        ['object', isSimple ? told(row, 'object') : undefined, record?.['user.name']],
        ['argument', isBind && !isSimple ? told(row, 'argument') : undefined, detailOf(record, 'mechanism')],
      ] as const
    ).filter(([, expected]) => expected !== undefined);
  },
};

/** ldap_search.log: base, scope and filter of a search. */
export const LDAP_SEARCH_LOG: ZeekLog = {
  name: 'ldap_search',
  isShared: true,
  isOurs: isLdap,
  fields: (row, record) => {
    const scope = told(row, 'scope') ?? '';
    const wanted = `${told(row, 'base_object') ?? ''}?${SCOPES[scope] ?? scope}?${flat(told(row, 'filter') ?? '')}`;
    const searches = ((record?.['hinomi.ldap.searches'] as string[] | undefined) ?? []).map(withoutAttributes);
    const failed = plain(told(row, 'result'));
    return (
      [
        ['search', wanted, searches.includes(wanted) ? wanted : searches],
        ['attributes', told(row, 'attributes'), attributesOf(row, record)],
        ['result', failed === 'success' ? undefined : failed, searchResult(record, failed)],
      ] as const
    ).filter(([, expected]) => expected !== undefined);
  },
};

/** Zeek names an extension by its identifier and ours. */
function nameOf(row: ZeekRow): string | undefined {
  const opcode = told(row, 'opcode');
  return opcode === 'extended' ? (/\((.*)\)/.exec(told(row, 'object') ?? '')?.[1] ?? told(row, 'object')) : opcode;
}

function resultOf(record: AnyRecord | undefined): string | undefined {
  return record?.['hinomi.session.outcome'] === 'success'
    ? 'success'
    : plain(record?.['hinomi.session.error'] as string);
}

/** Domain controllers end their messages with a zero, which Zeek shows as a question mark. */
function messageOf(row: ZeekRow): string | undefined {
  const isBind = row['opcode']?.startsWith('bind') === true;
  return isBind ? told(row, 'diagnostic_message', (text) => text.replace(/\?$/, '')) : undefined;
}

function searchResult(record: AnyRecord | undefined, wanted: string | undefined): string | undefined {
  const details = (record?.['hinomi.session.details'] as string[] | undefined) ?? [];
  return details.some((each) => plain(each)?.startsWith(`failedsearch${wanted}`) === true) ? wanted : undefined;
}

function attributesOf(row: ZeekRow, record: AnyRecord | undefined): string | undefined {
  const searches = (record?.['hinomi.ldap.searches'] as string[] | undefined) ?? [];
  const attributes = searches.map((search) => search.split('?')[1] ?? '');
  return attributes.find((each) => each === told(row, 'attributes')) ?? attributes[0];
}

function withoutAttributes(search: string): string {
  const [base, , scope, ...filter] = search.split('?');
  return `${base}?${scope}?${flat(filter.join('?'))}`;
}

/** Zeek writes `(|(|(a)(b))(c))` for `(|(a)(b)(c))`. */
function flat(filter: string): string {
  let [before, after] = ['', filter];
  while (before !== after) {
    before = after;
    after = after.replace(/\(([&|])\(\1((?:\([^()]*\)|\(!\([^()]*\)\))+)\)/, '($1$2');
  }
  return after;
}
