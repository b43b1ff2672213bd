import type { Protocol } from './session.js';
import { QUIC } from './sessions/quic.js';
import { TLS } from './sessions/tls.js';

/** Every application protocol but DNS, in the order in which they are asked: those that are surest first. */
export const PROTOCOLS: readonly Protocol[] = [TLS, QUIC];
