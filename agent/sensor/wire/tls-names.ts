/** IANA, TLS Supported Groups; those that are met. */
const GROUPS: Readonly<Record<number, string>> = {
  1: 'sect163k1',
  3: 'sect163r2',
  6: 'sect233k1',
  7: 'sect233r1',
  9: 'sect283k1',
  10: 'sect283r1',
  11: 'sect409k1',
  12: 'sect409r1',
  13: 'sect571k1',
  14: 'sect571r1',
  18: 'secp192k1',
  19: 'secp192r1',
  20: 'secp224k1',
  21: 'secp224r1',
  22: 'secp256k1',
  23: 'secp256r1',
  24: 'secp384r1',
  25: 'secp521r1',
  26: 'brainpoolP256r1',
  27: 'brainpoolP384r1',
  28: 'brainpoolP512r1',
  29: 'x25519',
  30: 'x448',
  256: 'ffdhe2048',
  257: 'ffdhe3072',
  258: 'ffdhe4096',
  259: 'ffdhe6144',
  260: 'ffdhe8192',
  4587: 'SecP256r1MLKEM768',
  4588: 'X25519MLKEM768',
  4589: 'SecP384r1MLKEM1024',
  25497: 'X25519Kyber768Draft00',
};

export function tlsGroupName(group: number): string {
  return GROUPS[group] ?? `0x${group.toString(16).padStart(4, '0')}`;
}

/** IANA, TLS Alerts. */
const ALERTS: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  21: 'decryption_failed',
  22: 'record_overflow',
  30: 'decompression_failure',
  40: 'handshake_failure',
  41: 'no_certificate',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  60: 'export_restriction',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  100: 'no_renegotiation',
  109: 'missing_extension',
  110: 'unsupported_extension',
  111: 'certificate_unobtainable',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  114: 'bad_certificate_hash_value',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  120: 'no_application_protocol',
  121: 'ech_required',
};

export function tlsAlertName(alert: number): string {
  return ALERTS[alert] ?? String(alert);
}

/** Version of the wire as `tls.version` and `tls.version_protocol`. */
export function tlsVersionName(version: number): { version: string; protocol: string } {
  if (version === 0x0002) return { version: '2.0', protocol: 'ssl' };
  if (version === 0x0300) return { version: '3.0', protocol: 'ssl' };
  if (version === 0xfefc) return { version: '1.3', protocol: 'dtls' };
  if (version === 0xfefd) return { version: '1.2', protocol: 'dtls' };
  if (version === 0xfeff) return { version: '1.0', protocol: 'dtls' };
  // Drafts of 1.3 (RFC 8446, before it was one) and Facebook's own.
  if (version >> 8 === 0x7f || version >> 8 === 0xfb) return { version: '1.3', protocol: 'tls' };
  if (version >= 0x0301 && version <= 0x0304) return { version: `1.${version - 0x0301}`, protocol: 'tls' };
  return { version: `0x${version.toString(16).padStart(4, '0')}`, protocol: 'tls' };
}
