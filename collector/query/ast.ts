/** A parsed query. Positions are UTF-16 units in the query text. */
export type Node =
  | { readonly type: 'all' }
  | { readonly type: 'and' | 'or'; readonly parts: readonly Node[] }
  | { readonly type: 'not'; readonly part: Node }
  | { readonly type: 'text'; readonly text: string; readonly at: number }
  | { readonly type: 'match'; readonly field: string; readonly value: Value; readonly at: number };

export type Value =
  | { readonly type: 'exists' }
  /** Exact, or a pattern where it was not quoted and holds `*` or `?`. */
  | { readonly type: 'term'; readonly text: string; readonly isQuoted: boolean; readonly at: number }
  | {
      readonly type: 'range';
      readonly from?: Bound;
      readonly to?: Bound;
      readonly at: number;
    };

export interface Bound {
  readonly text: string;
  readonly isInclusive: boolean;
}
