/** Lines as makers document them, with addresses of documentation: what an office's devices say in a usual minute. */
export const MIXED_LINES: Readonly<Record<string, readonly string[]>> = {
  FortiGate: [
    '<189>date=2026-06-09 time=08:00:00 devname="fw1" devid="FGT60FTK00000000" eventtime=1780959600123456789 tz="+0900" logid="0000000013" type="traffic" subtype="forward" level="notice" vd="root" srcip=192.0.2.10 srcport=51000 srcintf="lan" srcintfrole="lan" dstip=198.51.100.7 dstport=443 dstintf="wan1" dstintfrole="wan" sessionid=12345 proto=6 action="close" policyid=1 policytype="policy" service="HTTPS" trandisp="snat" transip=203.0.113.1 transport=51000 duration=12 sentbyte=1234 rcvdbyte=56789 sentpkt=10 rcvdpkt=20 appcat="unscanned"',
    '<188>date=2026-06-09 time=08:00:01 devname="fw1" devid="FGT60FTK00000000" eventtime=1780959601123456789 tz="+0900" logid="0316013056" type="utm" subtype="webfilter" eventtype="ftgd_blk" level="warning" vd="root" policyid=1 sessionid=12346 srcip=192.0.2.11 srcport=51001 srcintf="lan" dstip=198.51.100.8 dstport=80 dstintf="wan1" proto=6 service="HTTP" hostname="bad.example" profile="default" action="blocked" reqtype="direct" url="http://bad.example/x" sentbyte=100 rcvdbyte=0 direction="outgoing" msg="URL belongs to a denied category in policy" cat=26 catdesc="Malicious Websites"',
  ],
  Sophos: [
    '<30>device="SFW" date=2026-06-09 time=08:00:00 timezone="JST" device_name="XGS87" device_id=X00000000000000 log_id=010101600001 log_type="Firewall" log_component="Firewall Rule" log_subtype="Allowed" status="Allow" priority=Information duration=10 fw_rule_id=1 user_name="" src_mac= dst_mac= src_ip=192.0.2.12 src_country_code=R1 dst_ip=198.51.100.9 dst_country_code=JPN protocol="TCP" src_port=51002 dst_port=443 sent_pkts=5 recv_pkts=6 sent_bytes=500 recv_bytes=600 ether_type=Unknown (0x0000)',
  ],
  CEF: [
    '<134>Jun  9 08:00:00 gw1 CEF:0|Trend Micro|Deep Security Agent|20.0.0|1000852|IPS rule name|10|cn1=1 cn1Label=Host ID dvchost=pc1 TrendMicroDsTenant=Primary act=Reset dmac=00:00:5E:00:53:01 smac=00:00:5E:00:53:02 src=192.0.2.13 spt=51003 dst=198.51.100.10 dpt=80 proto=TCP in=1500 cs1=x cs1Label=DPI Note msg=several words',
    '<4>Jun  9 08:00:00 UCG CEF:0|Ubiquiti|UniFi Network|10.4.57|201|Threat Detected and Blocked|7|UNIFIcategory=Security src=203.0.113.5 dst=198.51.100.10 proto=TCP spt=55000 dpt=443 act=blocked',
  ],
  LEEF: [
    '<134>Jun  9 08:00:00 fb1 LEEF:1.0|WatchGuard|XTM|12.7|1AFF0024|policy=HTTP-proxy\tsrc=192.0.2.14\tsrcPort=51004\tdst=198.51.100.11\tdstPort=80\tproto=tcp\tdisposition=Deny\tmsg=ProxyDeny: HTTP',
  ],
  'Palo Alto': [
    '<14>Jun  9 08:00:00 pa1 1,2026/06/09 08:00:00,001234567890,TRAFFIC,end,2562,2026/06/09 08:00:00,192.0.2.15,198.51.100.12,203.0.113.1,198.51.100.12,allow-all,,,web-browsing,vsys1,trust,untrust,ethernet1/1,ethernet1/2,default,2026/06/09 08:00:00,12345,1,51005,443,51005,443,0x400053,tcp,allow,4312,2412,1900,20,2026/06/09 07:59:00,30,any,,1,0x0,192.0.2.0-192.0.2.255,JP,,10,10,tcp-fin,0,0,0,0,,pa1,from-policy',
  ],
  'Cisco ASA': [
    '<166>Jun 09 2026 08:00:00 asa1 : %ASA-6-302013: Built outbound TCP connection 1234 for outside:198.51.100.13/443 (198.51.100.13/443) to inside:192.0.2.16/51006 (203.0.113.1/51006)',
    '<163>Jun 09 2026 08:00:01 asa1 : %ASA-4-106023: Deny tcp src outside:198.51.100.14/4444 dst inside:203.0.113.1/22 by access-group "outside_in" [0x0, 0x0]',
  ],
  Yamaha: [
    '<13>[INSPECT] LAN2[out][101098] TCP 192.0.2.17:51007 > 198.51.100.15:443 (2026/06/09 08:00:00)',
    '<189>TUNNEL[1] Rejected at IN(300) filter: UDP 192.0.2.10:67 > 192.0.2.20:68',
  ],
  Linux: [
    '<86>Jun  9 08:00:00 srv1 sshd[4711]: Failed password for invalid user admin from 198.51.100.16 port 51008 ssh2',
    '<4>Jun  9 08:00:01 srv1 kernel: [12345.678] DROP IN=eth0 OUT= MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=198.51.100.17 DST=192.0.2.18 LEN=40 TOS=0x00 PREC=0x00 TTL=240 ID=1 PROTO=TCP SPT=51009 DPT=23 WINDOW=1024 RES=0x00 SYN URGP=0',
  ],
  pfSense: [
    '<134>Jun  9 08:00:00 filterlog[77]: 5,,,1000000103,igb0,match,block,in,4,0x0,,64,1234,0,DF,6,tcp,60,198.51.100.18,192.0.2.19,51010,445,0,S,123,,64240,,mss',
  ],
  JSON: [
    '<134>1 2026-06-09T08:00:00+09:00 ids1 suricata 77 - - {"timestamp":"2026-06-09T08:00:00.123456+0900","flow_id":1,"event_type":"alert","src_ip":"198.51.100.19","src_port":51011,"dest_ip":"192.0.2.20","dest_port":80,"proto":"TCP","alert":{"action":"allowed","gid":1,"signature_id":2000001,"rev":1,"signature":"Example signature","category":"Attempted Information Leak","severity":2}}',
  ],
  nobody: [
    '<13>Jun  9 08:00:00 nas1 fan[3]: fan 2 stopped',
    '<165>1 2026-06-09T08:00:00.003+09:00 app1 evntslog 8710 ID47 [ex@32473 iut="3" eventSource="A"] An application event log entry',
  ],
};
