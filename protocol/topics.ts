/** MQTT topics: `hinomi/1/{site}/{agent}/up|down/{name}`. DESIGN section 5. */

export const UP_TOPICS = ['status', 'batch', 'reply'] as const;
export const DOWN_TOPICS = ['ack', 'config', 'command', 'tunnel'] as const;
export type UpTopic = (typeof UP_TOPICS)[number];
export type DownTopic = (typeof DOWN_TOPICS)[number];

const PREFIX = 'hinomi/1';
const SEGMENT = /^[A-Za-z0-9_-]{1,64}$/;

export interface AgentAddress {
  readonly site: string;
  readonly agent: string;
}

export function isSegment(text: string): boolean {
  return SEGMENT.test(text);
}

export function upTopic(address: AgentAddress, name: UpTopic): string {
  return `${PREFIX}/${address.site}/${address.agent}/up/${name}`;
}

export function downTopic(address: AgentAddress, name: DownTopic): string {
  return `${PREFIX}/${address.site}/${address.agent}/down/${name}`;
}

/** What an agent may publish to: its own `up` topics, exactly. */
export function parseUpTopic(topic: string): (AgentAddress & { name: UpTopic }) | undefined {
  const [product, version, site, agent, direction, name, ...more] = topic.split('/');
  if (`${product}/${version}` !== PREFIX || direction !== 'up' || more.length > 0) return undefined;
  if (site === undefined || agent === undefined || !isSegment(site) || !isSegment(agent)) return undefined;
  const known = UP_TOPICS.find((candidate) => candidate === name);
  return known && { site, agent, name: known };
}

/** Whether a subscription is to one of this agent's own `down` topics, without wildcards. */
export function isOwnDownTopic(topic: string, address: AgentAddress): boolean {
  return DOWN_TOPICS.some((name) => topic === downTopic(address, name));
}
