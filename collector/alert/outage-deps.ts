import type { World } from '../../protocol/base/world.js';
import type { Patience } from './box-watch.js';
import type { About, Teller } from './teller.js';

/** How a box is now. */
export interface Standing {
  readonly presence: 'connected' | 'silent' | 'offline' | 'goodbye' | 'never';
  readonly span: number;
  readonly lastMs: number;
  readonly goneMs?: number;
  readonly address?: string;
  readonly skewMs?: number;
}

export interface OutageConfig extends Patience {
  readonly togetherMs: number;
  readonly manyMin: number;
}

export interface OutageDeps extends World {
  boxes(): Iterable<About>;
  standing(agent: string): Standing;
  /** By site. */
  sites(): Promise<ReadonlyMap<string, SiteFacts>>;
  tell(...args: Parameters<Teller['tell']>): ReturnType<Teller['tell']>;
}

/** Of a site, for those who are to find out what happened there. */
export interface SiteFacts {
  readonly name: string;
  readonly prefecture?: string;
  readonly provider?: string;
}
