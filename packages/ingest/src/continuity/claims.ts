import type { StatedReceipts } from "@neurond/exports";

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
  /** Rows that are requests through miners' proxies, by ledger. */
  readonly receipts: readonly StatedReceipts[];
}

/** Rows of one ledger of receipts that are proven by them. */
export interface LedgerRows {
  readonly hotkey: string;
  readonly ledgerId: string;
  /** Places in the ledger, from the first to before the last. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

/** What rows of requests through proxies came to. */
export interface SeenReceipts {
  readonly ledgers: readonly LedgerRows[];
  /** Rows that are not what their receipt proves, and the first of them. */
  readonly wrong: number;
  readonly first: { readonly invocationId: string; readonly reason: string } | null;
}

/** What the invocations of an entry came to when they were read again; why they have no tree, if so. */
export type ComputedTree = (TreeText | { readonly problem: string }) & {
  /** Null when no row is of a request through a proxy. */
  readonly receipts: SeenReceipts | null;
};

/** Whether trees are computed again: of every hour, of one in eight that nobody can foretell, or of none. */
export type TreeMode = true | false | "sample";
