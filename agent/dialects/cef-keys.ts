import type { Target } from './fields.js';

/** Keys of the CEF dictionary that nearly everybody uses. */
export const CEF_COMMON_KEYS: Readonly<Record<string, Target>> = {
  src: { ip: 'source.ip' },
  spt: { port: 'source.port' },
  smac: { mac: 'source.mac' },
  shost: 'source.domain',
  suser: 'source.user.name',
  dst: { ip: 'destination.ip' },
  dpt: { port: 'destination.port' },
  dmac: { mac: 'destination.mac' },
  dhost: 'destination.domain',
  duser: 'destination.user.name',
  c6a2: { ip: 'source.ip' },
  c6a3: { ip: 'destination.ip' },
  sourceTranslatedAddress: { ip: 'source.nat.ip' },
  sourceTranslatedPort: { port: 'source.nat.port' },
  destinationTranslatedAddress: { ip: 'destination.nat.ip' },
  destinationTranslatedPort: { port: 'destination.nat.port' },
  in: { int: 'destination.bytes' },
  out: { int: 'source.bytes' },
  app: 'network.protocol',
  request: 'url.original',
  requestMethod: 'http.request.method',
  requestClientApplication: 'user_agent.original',
  fname: 'file.name',
  filePath: 'file.path',
  fileHash: 'file.hash.md5',
  fsize: { int: 'file.size' },
  deviceExternalId: 'observer.serial_number',
  deviceInboundInterface: 'observer.ingress.interface.name',
  deviceOutboundInterface: 'observer.egress.interface.name',
  dvchost: 'observer.name',
  reason: 'event.reason',
  externalId: 'event.id',
  msg: 'message',
};

/**
 * Where the keys of the CEF dictionary go. ArcSight Common Event Format, Implementation Standard, chapter 2.
 * Keys of time and those that a dialect decides on by itself (`act`, `cat`, `outcome`) are not in here.
 */
export const CEF_KEYS: Readonly<Record<string, Target>> = {
  ...CEF_COMMON_KEYS,
  suid: 'source.user.id',
  sntdom: 'source.user.domain',
  sproc: 'process.name',
  spid: { int: 'process.pid' },
  duid: 'destination.user.id',
  dntdom: 'destination.user.domain',
  dproc: 'process.name',
  dpid: { int: 'process.pid' },
  dvc: { list: 'observer.ip' },
  dvcmac: { list: 'observer.mac' },
  deviceProcessName: 'process.name',
  fileType: 'file.type',
  requestContext: 'http.request.referrer',
};
