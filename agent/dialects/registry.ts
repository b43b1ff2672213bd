import { checkPoint } from './check-point/check-point.js';
import { asa } from './cisco/asa.js';
import { meraki } from './cisco/meraki.js';
import { webAppliance } from './cisco/web-appliance.js';
import type { Dialect } from './dialect.js';
import { markedUp } from './families/marked-up.js';
import { texts } from './families/texts.js';
import { fortinet } from './fortinet/fortinet.js';
import { genericCef } from './generic/cef.js';
import { csv } from './generic/csv.js';
import { genericJson } from './generic/json.js';
import { keyValue } from './generic/key-value.js';
import { genericLeef } from './generic/leef.js';
import { juniper } from './juniper/juniper.js';
import { paloAlto } from './palo-alto/palo-alto.js';
import { ROUTERS, THE_REST } from './routers.js';
import { sonicwall } from './sonicwall/sonicwall.js';
import { sophosCentral } from './sophos/central.js';
import { sophosFirewall } from './sophos/firewall.js';
import { sophosUtm } from './sophos/utm.js';
import { fastAlerts } from './suricata/fast.js';
import { suricata } from './suricata/suricata.js';
import { trendMicro } from './trend-micro/trend-micro.js';
import { watchguard } from './watchguard/watchguard.js';
import { windows } from './windows/windows.js';

/** Makers, in the order in which they are asked: the first that knows a message has it. */
export const VENDORS: readonly Dialect[] = [
  fortinet,
  sophosFirewall,
  sophosUtm,
  sophosCentral,
  watchguard,
  sonicwall,
  checkPoint,
  paloAlto,
  trendMicro,
  meraki,
  asa,
  suricata,
  fastAlerts,
  windows,
  juniper,
  webAppliance,
  ...ROUTERS,
  // Many makers each, known by a name or a mark: behind those that have a dialect of their own.
  markedUp,
  texts,
  ...THE_REST,
];

/** Forms without a maker, for what is left. */
export const FORMATS: readonly Dialect[] = [genericCef, genericLeef, genericJson];

/** Forms that nearly everything has: not asked where the header is wrong. */
export const GUESSES: readonly Dialect[] = [keyValue, csv];
