import type { Protocol } from './session.js';
import { DHCP, DHCPV6 } from './sessions/dhcp.js';
import { DTLS } from './sessions/dtls.js';
import { HTTP } from './sessions/http.js';
import { QUIC } from './sessions/quic.js';
import { SOCKS } from './sessions/socks.js';
import { SSH } from './sessions/ssh.js';
import { TLS } from './sessions/tls.js';

/** Every application protocol but DNS, in the order in which they are asked: those that are surest first. */
export const PROTOCOLS: readonly Protocol[] = [TLS, HTTP, SSH, SOCKS, QUIC, DTLS, DHCP, DHCPV6];
