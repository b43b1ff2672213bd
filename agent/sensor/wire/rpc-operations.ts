/**
 * Operations of the interfaces that have many, in the order of their numbers; `-` where a number has no name. Names as in
 * [MS-SAMR], [MS-LSAD], [MS-LSAT], [MS-NRPC], [MS-SRVS], [MS-WKST], [MS-SCMR], [MS-RRP], [MS-DRSR] and [MS-RPRN].
 */
export const RPC_OPERATIONS = {
  samr: `
    SamrConnect SamrCloseHandle SamrSetSecurityObject SamrQuerySecurityObject SamrShutdownSamServer
    SamrLookupDomainInSamServer SamrEnumerateDomainsInSamServer SamrOpenDomain
    SamrQueryInformationDomain SamrSetInformationDomain SamrCreateGroupInDomain
    SamrEnumerateGroupsInDomain SamrCreateUserInDomain SamrEnumerateUsersInDomain
    SamrCreateAliasInDomain SamrEnumerateAliasesInDomain SamrGetAliasMembership SamrLookupNamesInDomain
    SamrLookupIdsInDomain SamrOpenGroup SamrQueryInformationGroup SamrSetInformationGroup
    SamrAddMemberToGroup SamrDeleteGroup SamrRemoveMemberFromGroup SamrGetMembersInGroup
    SamrSetMemberAttributesOfGroup SamrOpenAlias SamrQueryInformationAlias SamrSetInformationAlias
    SamrDeleteAlias SamrAddMemberToAlias SamrRemoveMemberFromAlias SamrGetMembersInAlias SamrOpenUser
    SamrDeleteUser SamrQueryInformationUser SamrSetInformationUser SamrChangePasswordUser
    SamrGetGroupsForUser SamrQueryDisplayInformation SamrGetDisplayEnumerationIndex
    SamrTestPrivateFunctionsDomain SamrTestPrivateFunctionsUser SamrGetUserDomainPasswordInformation
    SamrRemoveMemberFromForeignDomain SamrQueryInformationDomain2 SamrQueryInformationUser2
    SamrQueryDisplayInformation2 SamrGetDisplayEnumerationIndex2 SamrCreateUser2InDomain
    SamrQueryDisplayInformation3 SamrAddMultipleMembersToAlias SamrRemoveMultipleMembersFromAlias
    SamrOemChangePasswordUser2 SamrUnicodeChangePasswordUser2 SamrGetDomainPasswordInformation
    SamrConnect2 SamrSetInformationUser2 SamrSetBootKeyInformation SamrGetBootKeyInformation
    SamrConnect3 SamrConnect4 SamrUnicodeChangePasswordUser3 SamrConnect5 SamrRidToSid
    SamrSetDSRMPassword SamrValidatePassword`,
  lsarpc: `
    LsarClose LsarDelete LsarEnumeratePrivileges LsarQuerySecurityObject LsarSetSecurityObject
    LsarChangePassword LsarOpenPolicy LsarQueryInformationPolicy LsarSetInformationPolicy
    LsarClearAuditLog LsarCreateAccount LsarEnumerateAccounts LsarCreateTrustedDomain
    LsarEnumerateTrustedDomains LsarLookupNames LsarLookupSids LsarCreateSecret LsarOpenAccount
    LsarEnumeratePrivilegesAccount LsarAddPrivilegesToAccount LsarRemovePrivilegesFromAccount
    LsarGetQuotasForAccount LsarSetQuotasForAccount LsarGetSystemAccessAccount
    LsarSetSystemAccessAccount LsarOpenTrustedDomain LsarQueryInfoTrustedDomain
    LsarSetInformationTrustedDomain LsarOpenSecret LsarSetSecret LsarQuerySecret
    LsarLookupPrivilegeValue LsarLookupPrivilegeName LsarLookupPrivilegeDisplayName LsarDeleteObject
    LsarEnumerateAccountsWithUserRight LsarEnumerateAccountRights LsarAddAccountRights
    LsarRemoveAccountRights LsarQueryTrustedDomainInfo LsarSetTrustedDomainInfo LsarDeleteTrustedDomain
    LsarStorePrivateData LsarRetrievePrivateData LsarOpenPolicy2 LsarGetUserName
    LsarQueryInformationPolicy2 LsarSetInformationPolicy2 LsarQueryTrustedDomainInfoByName
    LsarSetTrustedDomainInfoByName LsarEnumerateTrustedDomainsEx LsarCreateTrustedDomainEx
    LsarCloseTrustedDomainEx LsarQueryDomainInformationPolicy LsarSetDomainInformationPolicy
    LsarOpenTrustedDomainByName LsarTestCall LsarLookupSids2 LsarLookupNames2 LsarCreateTrustedDomainEx2
    CredrWrite CredrRead CredrEnumerate CredrWriteDomainCredentials CredrReadDomainCredentials
    CredrDelete CredrGetTargetInfo CredrProfileLoaded LsarLookupNames3 CredrGetSessionTypes
    LsarRegisterAuditEvent LsarGenAuditEvent LsarUnregisterAuditEvent LsarQueryForestTrustInformation
    LsarSetForestTrustInformation CredrRename LsarLookupSids3 LsarLookupNames4`,
  netlogon: `
    NetrLogonUasLogon NetrLogonUasLogoff NetrLogonSamLogon NetrLogonSamLogoff NetrServerReqChallenge
    NetrServerAuthenticate NetrServerPasswordSet NetrDatabaseDeltas NetrDatabaseSync NetrAccountDeltas
    NetrAccountSync NetrGetDCName NetrLogonControl NetrGetAnyDCName NetrLogonControl2
    NetrServerAuthenticate2 NetrDatabaseSync2 NetrDatabaseRedo NetrLogonControl2Ex
    NetrEnumerateTrustedDomains DsrGetDcName NetrLogonGetCapabilities NetrLogonSetServiceBits
    NetrLogonGetTrustRid NetrLogonComputeServerDigest NetrLogonComputeClientDigest
    NetrServerAuthenticate3 DsrGetDcNameEx DsrGetSiteName NetrLogonGetDomainInfo NetrServerPasswordSet2
    NetrServerPasswordGet NetrLogonSendToSam DsrAddressToSiteNamesW DsrGetDcNameEx2
    NetrLogonGetTimeServiceParentDomain NetrEnumerateTrustedDomainsEx DsrAddressToSiteNamesExW
    DsrGetDcSiteCoverageW NetrLogonSamLogonEx DsrEnumerateDomainTrusts DsrDeregisterDnsHostRecords
    NetrServerTrustPasswordsGet DsrGetForestTrustInformation NetrGetForestTrustInformation
    NetrLogonSamLogonWithFlags NetrServerGetTrustInfo - DsrUpdateReadOnlyServerDnsRecords
    NetrChainSetClientAttributes`,
  srvsvc: `
    NetrCharDevEnum NetrCharDevGetInfo NetrCharDevControl NetrCharDevQEnum NetrCharDevQGetInfo
    NetrCharDevQSetInfo NetrCharDevQPurge NetrCharDevQPurgeSelf NetrConnectionEnum NetrFileEnum
    NetrFileGetInfo NetrFileClose NetrSessionEnum NetrSessionDel NetrShareAdd NetrShareEnum
    NetrShareGetInfo NetrShareSetInfo NetrShareDel NetrShareDelSticky NetrShareCheck NetrServerGetInfo
    NetrServerSetInfo NetrServerDiskEnum NetrServerStatisticsGet NetrServerTransportAdd
    NetrServerTransportEnum NetrServerTransportDel NetrRemoteTOD NetrServerSetServiceBits NetprPathType
    NetprPathCanonicalize NetprPathCompare NetprNameValidate NetprNameCanonicalize NetprNameCompare
    NetrShareEnumSticky NetrShareDelStart NetrShareDelCommit NetrpGetFileSecurity NetrpSetFileSecurity
    NetrServerTransportAddEx NetrServerSetServiceBitsEx NetrDfsGetVersion NetrDfsCreateLocalPartition
    NetrDfsDeleteLocalPartition NetrDfsSetLocalVolumeState NetrDfsSetServerInfo NetrDfsCreateExitPoint
    NetrDfsDeleteExitPoint NetrDfsModifyPrefix NetrDfsFixLocalVolume NetrDfsManagerReportSiteInfo
    NetrServerTransportDelEx NetrServerAliasAdd NetrServerAliasEnum NetrServerAliasDel NetrShareDelEx`,
  wkssvc: `
    NetrWkstaGetInfo NetrWkstaSetInfo NetrWkstaUserEnum NetrWkstaUserGetInfo NetrWkstaUserSetInfo
    NetrWkstaTransportEnum NetrWkstaTransportAdd NetrWkstaTransportDel NetrUseAdd NetrUseGetInfo
    NetrUseDel NetrUseEnum NetrMessageBufferSend NetrWorkstationStatisticsGet NetrLogonDomainNameAdd
    NetrLogonDomainNameDel NetrJoinDomain NetrUnjoinDomain NetrRenameMachineInDomain NetrValidateName
    NetrGetJoinInformation NetrGetJoinableOUs NetrJoinDomain2 NetrUnjoinDomain2
    NetrRenameMachineInDomain2 NetrValidateName2 NetrGetJoinableOUs2 NetrAddAlternateComputerName
    NetrRemoveAlternateComputerName NetrSetPrimaryComputerName NetrEnumerateComputerNames`,
  svcctl: `
    RCloseServiceHandle RControlService RDeleteService RLockServiceDatabase RQueryServiceObjectSecurity
    RSetServiceObjectSecurity RQueryServiceStatus RSetServiceStatus RUnlockServiceDatabase
    RNotifyBootConfigStatus RSetServiceBitsW RChangeServiceConfigW RCreateServiceW
    REnumDependentServicesW REnumServicesStatusW ROpenSCManagerW ROpenServiceW RQueryServiceConfigW
    RQueryServiceLockStatusW RStartServiceW RGetServiceDisplayNameW RGetServiceKeyNameW RSetServiceBitsA
    RChangeServiceConfigA RCreateServiceA REnumDependentServicesA REnumServicesStatusA ROpenSCManagerA
    ROpenServiceA RQueryServiceConfigA RQueryServiceLockStatusA RStartServiceA RGetServiceDisplayNameA
    RGetServiceKeyNameA RGetCurrentGroupStateW REnumServiceGroupW RChangeServiceConfig2A
    RChangeServiceConfig2W RQueryServiceConfig2A RQueryServiceConfig2W RQueryServiceStatusEx
    REnumServicesStatusExA REnumServicesStatusExW - RCreateServiceWOW64A RCreateServiceWOW64W
    RQueryServiceTagInfo RNotifyServiceStatusChange RGetNotifyResults RCloseNotifyHandle
    RControlServiceExA RControlServiceExW - - - - RQueryServiceConfigEx - - - RCreateWowService - - -
    ROpenSCManager2`,
  winreg: `
    OpenClassesRoot OpenCurrentUser OpenLocalMachine OpenPerformanceData OpenUsers BaseRegCloseKey
    BaseRegCreateKey BaseRegDeleteKey BaseRegDeleteValue BaseRegEnumKey BaseRegEnumValue BaseRegFlushKey
    BaseRegGetKeySecurity BaseRegLoadKey BaseRegNotifyChangeKeyValue BaseRegOpenKey BaseRegQueryInfoKey
    BaseRegQueryValue BaseRegReplaceKey BaseRegRestoreKey BaseRegSaveKey BaseRegSetKeySecurity
    BaseRegSetValue BaseRegUnLoadKey BaseInitiateSystemShutdown BaseAbortSystemShutdown
    BaseRegGetVersion OpenCurrentConfig OpenDynData BaseRegQueryMultipleValues
    BaseInitiateSystemShutdownEx BaseRegSaveKeyEx OpenPerformanceText OpenPerformanceNlsText
    BaseRegQueryMultipleValues2 BaseRegDeleteKeyEx`,
  drsuapi: `
    DRSBind DRSUnbind DRSReplicaSync DRSGetNCChanges DRSUpdateRefs DRSReplicaAdd DRSReplicaDel
    DRSReplicaModify DRSVerifyNames DRSGetMemberships DRSInterDomainMove DRSGetNT4ChangeLog
    DRSCrackNames DRSWriteSPN DRSRemoveDsServer DRSRemoveDsDomain DRSDomainControllerInfo DRSAddEntry
    DRSExecuteKCC DRSGetReplInfo DRSAddSidHistory DRSGetMemberships2 DRSReplicaVerifyObjects
    DRSGetObjectExistence DRSQuerySitesByCost DRSInitDemotion DRSReplicaDemotion DRSFinishDemotion
    DRSAddCloneDC DRSWriteNgcKey DRSReadNgcKey`,
  spoolss: `
    RpcEnumPrinters RpcOpenPrinter RpcSetJob RpcGetJob RpcEnumJobs RpcAddPrinter RpcDeletePrinter
    RpcSetPrinter RpcGetPrinter RpcAddPrinterDriver RpcEnumPrinterDrivers RpcGetPrinterDriver
    RpcGetPrinterDriverDirectory RpcDeletePrinterDriver RpcAddPrintProcessor RpcEnumPrintProcessors
    RpcGetPrintProcessorDirectory RpcStartDocPrinter RpcStartPagePrinter RpcWritePrinter
    RpcEndPagePrinter RpcAbortPrinter RpcReadPrinter RpcEndDocPrinter RpcAddJob RpcScheduleJob
    RpcGetPrinterData RpcSetPrinterData RpcWaitForPrinterChange RpcClosePrinter RpcAddForm RpcDeleteForm
    RpcGetForm RpcSetForm RpcEnumForms RpcEnumPorts RpcEnumMonitors RpcAddPort RpcConfigurePort
    RpcDeletePort RpcCreatePrinterIC RpcPlayGdiScriptOnPrinterIC RpcDeletePrinterIC
    RpcAddPrinterConnection RpcDeletePrinterConnection RpcPrinterMessageBox RpcAddMonitor
    RpcDeleteMonitor RpcDeletePrintProcessor RpcAddPrintProvidor RpcDeletePrintProvidor
    RpcEnumPrintProcessorDatatypes RpcResetPrinter RpcGetPrinterDriver2
    RpcClientFindFirstPrinterChangeNotification RpcFindNextPrinterChangeNotification
    RpcFindClosePrinterChangeNotification RpcRouterFindFirstPrinterChangeNotificationOld
    RpcReplyOpenPrinter RpcRouterReplyPrinter RpcReplyClosePrinter RpcAddPortEx
    RpcRemoteFindFirstPrinterChangeNotification RpcSpoolerInit RpcResetPrinterEx
    RpcRemoteFindFirstPrinterChangeNotificationEx RpcRouterReplyPrinterEx
    RpcRouterRefreshPrinterChangeNotification RpcSetAllocFailCount RpcOpenPrinterEx RpcAddPrinterEx
    RpcSetPort RpcEnumPrinterData RpcDeletePrinterData RpcClusterSplOpen RpcClusterSplClose
    RpcClusterSplIsAlive RpcSetPrinterDataEx RpcGetPrinterDataEx RpcEnumPrinterDataEx RpcEnumPrinterKey
    RpcDeletePrinterDataEx RpcDeletePrinterKey RpcSeekPrinter RpcDeletePrinterDriverEx
    RpcAddPerMachineConnection RpcDeletePerMachineConnection RpcEnumPerMachineConnections RpcXcvData
    RpcAddPrinterDriverEx RpcSplOpenPrinter RpcGetSpoolFileInfo RpcCommitSpoolData RpcGetSpoolFileInfo2
    RpcCommitSpoolData2 RpcFlushPrinter RpcSendRecvBidiData RpcAddDriverCatalog`,
} as const;
