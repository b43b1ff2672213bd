/** A box, by its certificate. */
export interface Box {
  readonly agent: string;
  readonly site: string;
  readonly company: string;
}
