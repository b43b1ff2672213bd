import { bad, type Probe } from '../result.js';
import { talk } from './connect.js';

/** Whether a connection can be made. */
export const probeTcp: Probe = async ({ tcp }, signal, { clock }) =>
  tcp === undefined ? bad('failed') : talk(tcp, signal, clock);
