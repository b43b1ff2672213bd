import { RPC_OPERATIONS } from './rpc-operations.js';

/** What a program offers over DCE-RPC. */
interface RpcInterface {
  readonly name: string;
  /** By number; undefined where a number has no name. */
  readonly operations: readonly (string | undefined)[];
}

/** Every object of DCOM begins with the three of IUnknown, which are not called from afar. [MS-DCOM] 2.2.18. */
const OBJECT = '- - -';

/** Name, UUID, and operations in the order of their numbers. */
const INTERFACES: readonly (readonly [name: string, uuid: string, operations: string])[] = [
  [
    'epmapper',
    'e1af8308-5d1f-11c9-91a4-08002b14a0fa',
    `
    ept_insert ept_delete ept_lookup ept_map ept_lookup_handle_free ept_inq_object ept_mgmt_delete`,
  ],
  [
    'mgmt',
    'afa8bd80-7d8a-11c9-bef4-08002b102989',
    'inq_if_ids inq_stats is_server_listening stop_server_listening inq_princ_name',
  ],
  ['samr', '12345778-1234-abcd-ef00-0123456789ac', RPC_OPERATIONS.samr],
  ['lsarpc', '12345778-1234-abcd-ef00-0123456789ab', RPC_OPERATIONS.lsarpc],
  ['netlogon', '12345678-1234-abcd-ef00-01234567cffb', RPC_OPERATIONS.netlogon],
  ['srvsvc', '4b324fc8-1670-01d3-1278-5a47bf6ee188', RPC_OPERATIONS.srvsvc],
  ['wkssvc', '6bffd098-a112-3610-9833-46c3f87e345a', RPC_OPERATIONS.wkssvc],
  ['svcctl', '367abb81-9844-35f1-ad32-98f038001003', RPC_OPERATIONS.svcctl],
  ['winreg', '338cd001-2244-31f1-aaaa-900038001003', RPC_OPERATIONS.winreg],
  ['drsuapi', 'e3514235-4b06-11d1-ab04-00c04fc2dcd2', RPC_OPERATIONS.drsuapi],
  ['spoolss', '12345678-1234-abcd-ef00-0123456789ab', RPC_OPERATIONS.spoolss],
  [
    'IRemoteWinspool',
    '76f03f96-cdfd-44fc-a22c-64950a001209',
    `
    RpcAsyncOpenPrinter RpcAsyncAddPrinter - - - - - - - - - - - - - - - - - - RpcAsyncClosePrinter - -
    - - - - - - - - - - - - - - - - RpcAsyncAddPrinterDriver`,
  ],
  ['atsvc', '1ff70682-0a51-30e8-076d-740be8cee98b', 'NetrJobAdd NetrJobDel NetrJobEnum NetrJobGetInfo'],
  [
    'sasec',
    '378e52b0-c0a9-11cf-822d-00aa0051e40f',
    `
    SASetAccountInformation SASetNSAccountInformation SAGetNSAccountInformation SAGetAccountInformation`,
  ],
  [
    'ITaskSchedulerService',
    '86d35949-83c9-4044-b424-db363231fd0c',
    `
    SchRpcHighestVersion SchRpcRegisterTask SchRpcRetrieveTask SchRpcCreateFolder SchRpcSetSecurity
    SchRpcGetSecurity SchRpcEnumFolders SchRpcEnumTasks SchRpcEnumInstances SchRpcGetInstanceInfo
    SchRpcStopInstance SchRpcStop SchRpcRun SchRpcDelete SchRpcRename SchRpcScheduledRuntimes
    SchRpcGetLastRunInfo SchRpcGetTaskInfo SchRpcGetNumberOfMissedRuns SchRpcEnableTask`,
  ],
  [
    'IObjectExporter',
    '99fcfec4-5260-101b-bbcb-00aa0021347a',
    'ResolveOxid SimplePing ComplexPing ServerAlive ResolveOxid2 ServerAlive2',
  ],
  ['IRemoteActivation', '4d9f4ab8-7d1c-11cf-861e-0020af6e7c57', 'RemoteActivation'],
  ['ISystemActivator', '000001a0-0000-0000-c000-000000000046', `${OBJECT} RemoteGetClassObject RemoteCreateInstance`],
  ['IRemUnknown', '00000131-0000-0000-c000-000000000046', `${OBJECT} RemQueryInterface RemAddRef RemRelease`],
  [
    'IRemUnknown2',
    '00000143-0000-0000-c000-000000000046',
    `${OBJECT} RemQueryInterface RemAddRef RemRelease RemQueryInterface2`,
  ],
  ['IDispatch', '00020400-0000-0000-c000-000000000046', `${OBJECT} GetTypeInfoCount GetTypeInfo GetIDsOfNames Invoke`],
  [
    'IWbemLevel1Login',
    'f309ad18-d86a-11d0-a075-00c04fb68820',
    `${OBJECT} EstablishPosition RequestChallenge WBEMLogin NTLMLogin`,
  ],
  ['IWbemLoginClientID', 'd4781cd6-e5d3-44df-ad94-930efe48a887', `${OBJECT} SetClientInfo`],
  [
    'IWbemServices',
    '9556dc99-828c-11cf-a37e-00aa003240c7',
    `${OBJECT}
    OpenNamespace CancelAsyncCall QueryObjectSink GetObject GetObjectAsync PutClass PutClassAsync
    DeleteClass DeleteClassAsync CreateClassEnum CreateClassEnumAsync PutInstance PutInstanceAsync
    DeleteInstance DeleteInstanceAsync CreateInstanceEnum CreateInstanceEnumAsync ExecQuery
    ExecQueryAsync ExecNotificationQuery ExecNotificationQueryAsync ExecMethod ExecMethodAsync`,
  ],
  ['IEnumWbemClassObject', '027947e1-d731-11ce-a357-000000000001', `${OBJECT} Reset Next NextAsync Clone Skip`],
  [
    'eventlog',
    '82273fdc-e32a-18c3-3f78-827929dc23ea',
    `
    ElfrClearELFW ElfrBackupELFW ElfrCloseEL ElfrDeregisterEventSource ElfrNumberOfRecords
    ElfrOldestRecord ElfrChangeNotify ElfrOpenELW ElfrRegisterEventSourceW ElfrOpenBELW ElfrReadELW
    ElfrReportEventW ElfrClearELFA ElfrBackupELFA ElfrOpenELA ElfrRegisterEventSourceA ElfrOpenBELA
    ElfrReadELA ElfrReportEventA - - - ElfrGetLogInformation - ElfrReportEventAndSourceW
    ElfrReportEventExW ElfrReportEventExA`,
  ],
  [
    'eventlog6',
    'f6beaff7-1e19-4fbb-9f8f-b89e2018337c',
    `
    EvtRpcRegisterRemoteSubscription EvtRpcRemoteSubscriptionNextAsync EvtRpcRemoteSubscriptionNext
    EvtRpcRemoteSubscriptionWaitAsync EvtRpcRegisterControllableOperation EvtRpcRegisterLogQuery
    EvtRpcClearLog EvtRpcExportLog EvtRpcLocalizeExportLog EvtRpcMessageRender
    EvtRpcMessageRenderDefault EvtRpcQueryNext EvtRpcQuerySeek EvtRpcClose EvtRpcCancel
    EvtRpcAssertConfig EvtRpcRetractConfig EvtRpcOpenLogHandle EvtRpcGetLogFileInfo EvtRpcGetChannelList
    EvtRpcGetChannelConfig EvtRpcPutChannelConfig EvtRpcGetPublisherList
    EvtRpcGetPublisherListForChannel EvtRpcGetPublisherMetadata EvtRpcGetPublisherResourceMetadata
    EvtRpcGetEventMetadataEnum EvtRpcGetNextEventMetadata EvtRpcGetClassicLogDisplayName`,
  ],
  [
    'dnsserver',
    '50abc2a4-574d-40b3-9d66-ee4fd5fba076',
    `
    DnssrvOperation DnssrvQuery DnssrvComplexOperation DnssrvEnumRecords DnssrvUpdateRecord
    DnssrvOperation2 DnssrvQuery2 DnssrvComplexOperation2 DnssrvEnumRecords2 DnssrvUpdateRecord2`,
  ],
  [
    'browser',
    '6bffd098-a112-3610-9833-012892020162',
    `
    BrowserrServerEnum BrowserrDebugCall BrowserrQueryOtherDomains BrowserrResetNetlogonState
    BrowserrDebugTrace BrowserrQueryStatistics BrowserrResetStatistics NetrBrowserStatisticsClear
    NetrBrowserStatisticsGet BrowserrSetNetlogonState BrowserrQueryEmulatedDomains BrowserrServerEnumEx`,
  ],
  [
    'initshutdown',
    '894de0c0-0d55-11d3-a322-00c04fa321a1',
    'BaseInitiateShutdown BaseAbortShutdown BaseInitiateShutdownEx',
  ],
  ['WindowsShutdown', 'd95afe70-a6d5-4259-822e-2c84da1ddb0d', 'WsdrInitiateShutdown WsdrAbortShutdown'],
  [
    'efsrpc',
    'df1941c5-fe89-4e79-bf10-463657acf44d',
    `
    EfsRpcOpenFileRaw EfsRpcReadFileRaw EfsRpcWriteFileRaw EfsRpcCloseRaw EfsRpcEncryptFileSrv
    EfsRpcDecryptFileSrv EfsRpcQueryUsersOnFile EfsRpcQueryRecoveryAgents EfsRpcRemoveUsersFromFile
    EfsRpcAddUsersToFile - EfsRpcNotSupported EfsRpcFileKeyInfo EfsRpcDuplicateEncryptionInfoFile -
    EfsRpcAddUsersToFileEx EfsRpcFileKeyInfoEx - EfsRpcGetEncryptedFileMetadata
    EfsRpcSetEncryptedFileMetadata EfsRpcFlushEfsCache EfsRpcEncryptFileExSrv EfsRpcQueryProtectors`,
  ],
  [
    'netdfs',
    '4fc742e0-4a10-11cf-8273-00aa004ae673',
    `
    NetrDfsManagerGetVersion NetrDfsAdd NetrDfsRemove NetrDfsSetInfo NetrDfsGetInfo NetrDfsEnum
    NetrDfsMove - - - NetrDfsAddFtRoot NetrDfsRemoveFtRoot NetrDfsAddStdRoot NetrDfsRemoveStdRoot
    NetrDfsManagerInitialize NetrDfsAddStdRootForced NetrDfsGetDcAddress NetrDfsSetDcAddress
    NetrDfsFlushFtTable NetrDfsAdd2 NetrDfsRemove2 NetrDfsEnumEx NetrDfsSetInfo2 NetrDfsAddRootTarget
    NetrDfsRemoveRootTarget NetrDfsGetSupportedNamespaceVersion`,
  ],
  [
    'FssagentRpc',
    'a8e0653c-2744-4389-a61d-7373df8b2292',
    `
    GetSupportedVersion SetContext StartShadowCopySet AddToShadowCopySet CommitShadowCopySet
    ExposeShadowCopySet RecoveryCompleteShadowCopySet AbortShadowCopySet IsPathSupported
    IsPathShadowCopied GetShareMapping DeleteShareMapping PrepareShadowCopySet`,
  ],
  ['ICertPassage', '91ae6020-9e3c-11cf-8d7c-00aa00c091be', 'CertServerRequest'],
  ['BackupKey', '3dde7c30-165d-11d1-ab8f-00805f14db40', 'BackuprKey'],
  ['dsrole', '3919286a-b10c-11d0-9ba8-00c04fd92ef5', 'DsRolerGetPrimaryDomainInformation'],
  [
    'nspi',
    'f5cc5a18-4264-101a-8c59-08002b2f8426',
    `
    NspiBind NspiUnbind NspiUpdateStat NspiQueryRows NspiSeekEntries NspiGetMatches
    NspiResortRestriction NspiDNToMId NspiGetPropList NspiGetProps NspiCompareMIds NspiModProps
    NspiGetSpecialTable NspiGetTemplateInfo NspiModLinkAtt NspiDeleteEntries NspiQueryColumns
    NspiGetNamesFromIDs NspiGetIDsFromNames NspiResolveNames NspiResolveNamesW`,
  ],
  [
    'exchange_mapi',
    'a4f1db00-ca47-1067-b31f-00dd010662da',
    `
    EcDoConnect EcDoDisconnect EcDoRpc EcGetMoreRpc EcRRegisterPushNotification
    EcRUnregisterPushNotification EcDummyRpc EcRGetDCName EcRNetGetDCName EcDoRpcExt EcDoConnectEx
    EcDoRpcExt2 - - EcDoAsyncConnectEx`,
  ],
  ['exchange_rfr', '1544f5e0-613c-11d1-93df-00c04fd7bd09', 'RfrGetNewDSA RfrGetFQDNFromServerDN'],
  [
    'FrsTransport',
    '897e2e5f-93f3-4376-9c9c-fd2277495c27',
    `
    CheckConnectivity EstablishConnection EstablishSession RequestUpdates RequestVersionVector AsyncPoll
    RequestRecords UpdateCancel RawGetFileData RdcGetSignatures RdcPushSourceNeeds RdcGetFileData
    RdcClose InitializeFileTransferAsync`,
  ],
  [
    'Witness',
    'ccd8c074-d0e5-4a40-92b4-d074faa6ba28',
    `
    WitnessrGetInterfaceList WitnessrRegister WitnessrUnRegister WitnessrAsyncNotify WitnessrRegisterEx`,
  ],
  ['messenger', '5a7b91f8-ff00-11d0-a9b2-00c04fb6e6fc', 'NetrSendMessage'],
  ['frsrpc', 'f5cc59b4-4264-101a-8c59-08002b2f8426', ''],
  ['dhcpsrv', '6bffd098-a112-3610-9833-46c3f874532d', ''],
  ['dhcpsrv2', '5b821720-f63b-11d0-aad2-00c04fc324db', ''],
  ['ntsvcs', '8d9f4e40-a03d-11ce-8f69-08003e30051b', ''],
  ['TermSrvEnumeration', '88143fd0-c28d-4b2b-8fef-8d882f6a9390', ''],
  ['TermSrvSession', '484809d6-4239-471b-b5bc-61df8c23ac48', ''],
  ['trkwks', '300f3532-38cc-11d0-a3f0-0020af6b0add', ''],
  ['trksvr', '4da1c422-943d-11d1-acae-00c04fc2aa3f', ''],
  ['w32time', '8fb6d884-2388-11d0-8c35-00c04fda2795', ''],
  ['clusapi', 'b97db8b2-4c63-11cf-bff6-08002be23f2f', ''],
  ['rasrpc', '20610036-fa22-11cf-9823-00a0c911e5df', ''],
  ['llsrpc', '342cfd40-3c6c-11ce-a893-08002b2e9c6d', ''],
  ['qmcomm', 'fdb3a030-065f-11d1-bb9b-00a024ea5525', ''],
  ['policyagent', 'd335b8f6-cb31-11d0-b0f9-006097ba4e54', ''],
];

const BY_UUID: ReadonlyMap<string, RpcInterface> = new Map(
  INTERFACES.map(([name, uuid, operations]) => [
    uuid,
    {
      name,
      operations: operations
        .trim()
        .split(/\s+/)
        .map((each) => (each === '-' || each === '' ? undefined : each)),
    },
  ]),
);
/** [MS-EFSR] 2.1: the same interface, as it stands on the pipe of LSA. */
const SECOND_UUIDS: Readonly<Record<string, string>> = {
  'c681d488-d850-11d0-8c52-00c04fd90f7e': 'df1941c5-fe89-4e79-bf10-463657acf44d',
};

const interfaceOf = (uuid: string): RpcInterface | undefined => BY_UUID.get(SECOND_UUIDS[uuid] ?? uuid);

/** The usual name of an interface, or its UUID. */
export function rpcInterfaceName(uuid: string): string {
  return interfaceOf(uuid)?.name ?? uuid;
}

/** The name of an operation, or its number. */
export function rpcOperationName(uuid: string | undefined, operation: number): string {
  const known = uuid === undefined ? undefined : interfaceOf(uuid)?.operations[operation];
  return known ?? String(operation);
}
