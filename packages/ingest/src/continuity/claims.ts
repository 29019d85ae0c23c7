/** How many invocations a tree has and what they hash to. */
export interface TreeText {
  readonly size: number;
  /** 64 lower-case digits. */
  readonly root: string;
}

/** What a report of our superset says of the one before it and of its rows. */
export interface ReportClaims {
  /** 0 for a validator's first report. */
  readonly sequence: number;
  /** Digest of the report before, 64 lower-case digits; null in the first. */
  readonly previousSha256: string | null;
  readonly tree: TreeText;
}

/** What the invocations of an entry came to when they were read again; why they have no tree, if so. */
export type ComputedTree = TreeText | { readonly problem: string };

/** Whether trees are computed again: of every hour, of one in eight that nobody can foretell, or of none. */
export type TreeMode = true | false | "sample";
