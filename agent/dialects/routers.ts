import { alliedTelesis } from './allied-telesis.js';
import { ciscoIos } from './cisco-ios/cisco-ios.js';
import { gear } from './gear/gear.js';
import { infoblox } from './infoblox.js';
import { japanSoho } from './japan-soho.js';
import { withLevel } from './lines/level.js';
import { linux } from './linux/linux.js';
import { mikrotik } from './mikrotik/mikrotik.js';
import { necIx } from './nec-ix.js';
import { pfsense } from './pfsense/pfsense.js';
import { unifi } from './unifi/unifi.js';
import { yamaha } from './yamaha/yamaha.js';
import { zyxel } from './zyxel/zyxel.js';

/** Routers and small firewalls. */
export const ROUTERS = [
  pfsense,
  unifi,
  zyxel,
  yamaha,
  mikrotik,
  alliedTelesis,
  necIx,
  ciscoIos,
  infoblox,
  japanSoho,
].map(withLevel);

/** Behind all others: gear that is known by its words, and what any Unix says, appliances that run one included. */
export const THE_REST = [gear, linux].map(withLevel);
