import type { Listing, Micros } from "@neurond/exports";
import type { Hex, Hotkey, Netuid } from "@neurond/primitives";
import type { TreeText } from "./continuity/claims.ts";
import type { TrackedEntry } from "./entry.ts";
import type { Finding } from "./findings.ts";
import type { MetagraphNode } from "./metagraph-node.ts";
import type { ExportedRun } from "./runs/exported-run.ts";
import type { ScoreRun } from "./score-run.ts";

/** A commitment of a watched hotkey that was seen in a final block. */
export interface SeenDigest {
  readonly netuid: Netuid;
  readonly hotkey: Hotkey;
  readonly block: number;
  readonly extrinsicIndex: number;
  readonly blockHash: Hex;
  readonly blockTime: Micros | null;
  /** First SHA-256 of its fields, 64 lower-case digits; null when there is none. */
  readonly digest: string | null;
}

/** Where state, verdicts and scores are kept. A write is there when its promise resolves, or not at all. */
export interface AuditState {
  /** Takes up entries that are new, leaves all others as they are; how many were new. */
  track(entries: readonly TrackedEntry[]): Promise<number>;
  /** All entries of a source by end, block and id. */
  entries(source: Hotkey): Promise<readonly TrackedEntry[]>;
  /** Keeps what has become of an entry; one that was forgotten meanwhile stays forgotten. */
  save(entry: TrackedEntry): Promise<void>;
  /** Moves everything that is loaded on to scored. */
  markScored(source: Hotkey): Promise<void>;
  /** Forgets entries that ended before a time, with what was found about them; their ids. */
  forget(source: Hotkey, endedBefore: Micros): Promise<readonly string[]>;

  /** Keeps findings that are new; those are given back. */
  addFindings(findings: readonly Finding[]): Promise<readonly Finding[]>;
  /** Newest first. */
  findings(source: Hotkey, limit: number): Promise<readonly Finding[]>;

  /** Keeps a run of scores with its rows. */
  saveScores(run: ScoreRun): Promise<void>;
  /** The newest run; null before the first. */
  latestScores(source: Hotkey): Promise<ScoreRun | null>;

  /** Keeps verdicts on runs, in the place of earlier ones; those of forgotten entries are dropped. */
  saveExportedRuns(runs: readonly ExportedRun[]): Promise<void>;
  /** Verdicts on all runs that entries of a source state, oldest slice first. */
  exportedRuns(source: Hotkey): Promise<readonly ExportedRun[]>;

  /** Keeps the neurons of a subnet in the place of those before. */
  saveNodes(netuid: Netuid, nodes: readonly MetagraphNode[]): Promise<void>;
  /** By uid; empty before the first were kept. */
  nodes(netuid: Netuid): Promise<readonly MetagraphNode[]>;
  /** Keeps the GPU counts that a source states, by chute, in the place of those before. */
  saveGpuCounts(source: Hotkey, counts: ReadonlyMap<string, number>): Promise<void>;
  gpuCounts(source: Hotkey): Promise<ReadonlyMap<string, number>>;

  /** What was seen committed by a hotkey in one block; empty also when nobody looked. */
  digestsAt(netuid: Netuid, hotkey: Hotkey, block: number): Promise<readonly SeenDigest[]>;
  /** Last block up to which the chain was followed. */
  followedTo(netuid: Netuid): Promise<number | null>;
  /** Keeps what was seen, and up to where, together. */
  saveDigests(netuid: Netuid, seen: readonly SeenDigest[], followedTo: number): Promise<void>;
}

/** What is downloaded of an entry. */
export interface Wanted {
  readonly kind: "report" | "csv";
  /** As the listing or the report names it, and checked to be of the store. */
  readonly path: string;
  readonly maxBytes: number;
}

/** What came. */
export interface Fetched {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** What a validator says without committing to it. */
export const FEEDS = [
  "gpu_counts",
  "reconciliation",
  "compute_history",
  "nodes",
  "scores",
] as const;
export type FeedName = (typeof FEEDS)[number];

/** Where exports come from. `Signal` is the platform's own kind of interrupt. */
export interface ExportSource<Signal> {
  readonly name: string;
  listing(signal: Signal): Promise<Listing>;
  /** Brings a whole file to a place on disk, or nothing. */
  fetch(wanted: Wanted, file: string, signal: Signal): Promise<Fetched>;
  feed(name: FeedName, signal: Signal): Promise<string>;
}

/** What a block's body says a hotkey committed to. */
export type SignedAnswer =
  | {
      readonly kind: "body";
      readonly digests: readonly (string | null)[];
      readonly blockTime: Micros | null;
      /** Whether an event says that the call took effect. */
      readonly isConfirmed: boolean;
      /** Whether it was seen when we followed the chain. */
      readonly isFollowed: boolean;
    }
  | { readonly kind: "gone" | "failed"; readonly detail: string };

/** What the state after a block says a hotkey is committed to. */
export type StoredAnswer =
  | { readonly kind: "stored"; readonly block: number | null; readonly digest: string | null }
  | { readonly kind: "none" }
  | { readonly kind: "gone" | "failed"; readonly detail: string };

/** What tree of invocations a commitment names beside a digest; null: none. */
export type RowsAnswer =
  | { readonly kind: "rows"; readonly tree: TreeText | null }
  | { readonly kind: "gone" | "failed"; readonly detail: string };

/** Who can say what was committed on chain. */
export interface Witness<Signal> {
  /** Height up to which blocks are final. */
  finalized(signal: Signal): Promise<number>;
  signed(block: number, hotkey: Hotkey, signal: Signal): Promise<SignedAnswer>;
  stored(block: number, hotkey: Hotkey, signal: Signal): Promise<StoredAnswer>;
  /** Of the commitment to `digest`, in whose block it was found. */
  rows(block: number, hotkey: Hotkey, digest: string, signal: Signal): Promise<RowsAnswer>;
}
