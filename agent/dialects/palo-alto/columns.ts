/**
 * The columns of PAN-OS logs in the order of PAN-OS 11 (Administrator's Guide, "Syslog Field Descriptions"), under the
 * names that the guide's custom formats give them. Releases append columns, so a row of an older one is a shorter
 * row; `-` is a column of no meaning. Those that every type begins with are in COMMON.
 */
export const COMMON = columns('- receive_time serial type subtype - time_generated');

const SESSION =
  'src dst natsrc natdst rule srcuser dstuser app vsys from to inbound_if outbound_if logset - sessionid repeatcnt sport dport natsport natdport flags proto action';
const GROUPS = 'dg1 dg2 dg3 dg4 vsys_name device_name';
const DEVICES =
  'src_category src_profile src_model src_vendor src_osfamily src_osversion src_host src_mac dst_category dst_profile dst_model dst_vendor dst_osfamily dst_osversion dst_host dst_mac container_id pod_namespace pod_name src_edl dst_edl hostid serialnumber';
const APPLICATION =
  'subcategory_of_app category_of_app technology_of_app risk_of_app characteristic_of_app container_of_app tunneled_app is_saas_of_app sanctioned_state_of_app';

export const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  TRAFFIC: columns(
    `${SESSION} bytes bytes_sent bytes_received packets start elapsed category - seqno actionflags srcloc dstloc - pkts_sent pkts_received session_end_reason ${GROUPS} action_source src_uuid dst_uuid tunnelid monitortag parent_session_id parent_start_time tunnel assoc_id chunks chunks_sent chunks_received rule_uuid http2_connection link_change_count policy_id link_switches sdwan_cluster sdwan_device_type sdwan_cluster_type sdwan_site dynusergroup_name xff_ip ${DEVICES} src_dag dst_dag session_owner high_res_timestamp nssai_sst nssai_sd ${APPLICATION} offloaded`,
  ),
  THREAT: columns(
    `${SESSION} misc threatid category severity direction seqno actionflags srcloc dstloc - contenttype pcap_id filedigest cloud url_idx user_agent filetype xff referer sender subject recipient reportid ${GROUPS} - src_uuid dst_uuid http_method tunnelid monitortag parent_session_id parent_start_time tunnel thr_category contentver - assoc_id ppid http_headers url_category_list rule_uuid http2_connection dynusergroup_name xff_ip ${DEVICES} domain_edl src_dag dst_dag partial_hash high_res_timestamp reason justification nssai_sst ${APPLICATION} cloud_reportid cluster_name flow_type`,
  ),
  SYSTEM: columns(`vsys eventid object - - module severity opaque seqno actionflags ${GROUPS} - - high_res_timestamp`),
  CONFIG: columns(`host vsys cmd admin client result path seqno actionflags ${GROUPS} - comment - high_res_timestamp`),
  /** With the two columns of details that custom formats have. */
  CONFIG_LONG: columns(
    `host vsys cmd admin client result path before_change_detail after_change_detail seqno actionflags ${GROUPS} - comment - high_res_timestamp`,
  ),
  GLOBALPROTECT: columns(
    'vsys eventid stage auth_method tunnel_type srcuser srcregion machinename public_ip public_ipv6 private_ip private_ipv6 hostid serialnumber client_ver client_os client_os_ver repeatcnt reason error opaque status location login_duration connect_method error_code portal seqno actionflags high_res_timestamp selection_type response_time priority attempted_gateways gateway dg1 dg2 dg3 dg4 vsys_name device_name vsys_id',
  ),
  HIPMATCH: columns(
    `srcuser vsys machinename os src matchname repeatcnt matchtype - - seqno actionflags ${GROUPS} vsys_id srcipv6 hostid serialnumber mac high_res_timestamp`,
  ),
  USERID: columns(
    `vsys ip user datasourcename eventid repeatcnt timeout beginport endport datasource datasourcetype seqno actionflags ${GROUPS} vsys_id factortype factorcompletiontime factorno - - ugflags userbysource tag_name high_res_timestamp origindatasource`,
  ),
  DECRYPTION: columns(
    `${SESSION} tunnel - - src_uuid dst_uuid rule_uuid hs_stage_c2f hs_stage_f2s tls_version tls_keyxchg tls_enc tls_auth policy_name ec_curve err_index root_status chain_status proxy_type cert_serial fingerprint notbefore notafter cert_ver cert_size cn_len issuer_len rootcn_len sni_len cert_flags cn issuer_cn root_cn sni error container_id pod_namespace pod_name src_edl dst_edl src_dag dst_dag high_res_timestamp src_category src_profile src_model src_vendor src_osfamily src_osversion src_host src_mac dst_category dst_profile dst_model dst_vendor dst_osfamily dst_osversion dst_host dst_mac seqno actionflags ${GROUPS} vsys_id ${APPLICATION}`,
  ),
  AUTHENTICATION: columns(
    `vsys ip user normalize_user object authpolicy repeatcnt authid vendor logset serverprofile desc clienttype event factorno seqno actionflags ${GROUPS} vsys_id authproto rule_uuid high_res_timestamp src_category src_profile src_model src_vendor src_osfamily src_osversion src_host src_mac region - user_agent sessionid`,
  ),
  CORRELATION: columns(`src srcuser vsys category severity ${GROUPS} vsys_id objectname object_id evidence`),
  TUNNEL: columns(
    `${SESSION} severity seqno actionflags srcloc dstloc ${GROUPS} tunnelid monitortag parent_session_id parent_start_time tunnel bytes bytes_sent bytes_received packets pkts_sent pkts_received max_encap unknown_proto strict_check tunnel_fragment sessions_created sessions_closed session_end_reason action_source start elapsed tunnel_insp_rule remote_user_ip remote_user_id rule_uuid pcap_id dynusergroup_name src_edl dst_edl high_res_timestamp`,
  ),
  GTP: columns(
    'src dst - - rule - - app vsys from to inbound_if outbound_if logset start sessionid - sport dport - - - proto action event_type msisdn apn rat msg_type end_user_ip teid1 teid2 gtp_interface gtp_cause severity',
  ),
  SCTP: columns(
    'src dst - - rule - - - vsys from to inbound_if outbound_if logset - sessionid repeatcnt sport dport - - - - proto action dg1 dg2 dg3 dg4 vsys_name device_name seqno',
  ),
  IPTAG: columns(
    `vsys ip tag_name eventid repeatcnt timeout datasourcename datasource_type datasource_subtype seqno actionflags ${GROUPS} vsys_id high_res_timestamp`,
  ),
};

function columns(names: string): readonly string[] {
  return names.split(' ');
}
