import type { Player } from "./cast.ts";
import type { Phase } from "./plan.ts";
import type { DaemonStatus } from "./supervisor.ts";

/** A run as the audit has it. */
export interface RunView {
  readonly id: string;
  readonly index: number;
  readonly phase: Phase;
  /** What the auditor came to; null while it has not. */
  readonly audit: AuditView | null;
}

/** An auditor's verdict on a run. */
export interface AuditView {
  /** Whether enough stake reported for new weights. */
  readonly isAgreed: boolean;
  /** Validators whose row on chain is u16 for u16 what the auditor computed, by hotkey. */
  readonly exact: readonly string[];
  /** Validators whose row was compared. */
  readonly compared: readonly string[];
  /** The row as recomputed, u16 by hotkey of the miner. */
  readonly weights: readonly (readonly [hotkey: string, value: number])[];
}

/** A miner, with one entry per validator in their order. */
export interface MinerView {
  readonly player: Player;
  readonly uid: number;
  readonly hotkey: string;
  /** Millionths, of the last revealed run; null where there is no report or it leaves the miner out. */
  readonly scores: readonly (number | null)[];
  /** u16, of the rows on chain; null where there is no row. */
  readonly weights: readonly (number | null)[];
  /** u16 of the last epoch. */
  readonly incentive: number;
}

/** A validator, as the chain and its own endpoint show it. */
export interface ValidatorView {
  readonly player: Player;
  readonly uid: number;
  readonly hotkey: string;
  /** Whole alpha. */
  readonly stake: number;
  /** What it has committed to last. */
  readonly commitment: {
    readonly runId: string | null;
    readonly hash: string;
    readonly block: number;
  } | null;
  /** The last run whose report it showed. */
  readonly revealed: string | null;
  /** Block of its last weights; 0 before the first. */
  readonly lastUpdate: number;
}

/** What an auditor found. */
export interface FindingView {
  readonly code: string;
  readonly severity: string;
  readonly runId: string | null;
  readonly validator: string | null;
  readonly miner: string | null;
  readonly summary: string;
  /** Path of the evidence file. */
  readonly evidence: string | null;
}

/** A run of a validator, recomputed from nothing but what it exports. */
export interface ExportedRunView {
  /** Its name. */
  readonly validator: string;
  readonly runId: string;
  readonly verdict: "agrees" | "differs" | "not_whole" | "unjudged";
  /** That the scores follow from; 0 for a run in which there was nothing to ask for. */
  readonly rows: number;
  /** What the rows come to, or where they differ. */
  readonly detail: string;
  /** Whether the report that counted has the very scores; null while nobody knows. */
  readonly counted: "same" | "other" | null;
}

/** A proxy, by its own counters since it started. */
export interface DoorView {
  readonly player: Player;
  /** Requests that were answered well. */
  readonly served: number;
  /** Callers that were not let in. */
  readonly refused: number;
}

/** What became of the file. */
export interface FileView {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly state: "storing" | "stored" | "returned" | "differs";
}

/** What became of the objects that an S3 client stored. */
export interface ObjectsView {
  readonly count: number;
  /** Segments that were made whole again since the API node started. */
  readonly repaired: number;
  /** `short`: a miner left, and what it held is being made again. */
  readonly state: "storing" | "stored" | "short" | "returned" | "differs";
}

/** A localnet at one moment, as anybody can see it from outside. */
export interface View {
  readonly url: string;
  readonly directory: string;
  readonly blockTimeMs: number;
  readonly block: number;
  readonly run: { readonly index: number; readonly phase: Phase; readonly into: number };
  readonly runs: readonly RunView[];
  readonly miners: readonly MinerView[];
  readonly validators: readonly ValidatorView[];
  readonly doors: readonly DoorView[];
  readonly exported: readonly ExportedRunView[];
  readonly findings: readonly FindingView[];
  readonly file: FileView | null;
  readonly objects: ObjectsView | null;
  readonly daemons: readonly DaemonStatus[];
}

/** Name of a hotkey's player, for people; the hotkey itself when it is nobody of ours. */
export function nameOf(view: View, hotkey: string | null): string {
  if (hotkey === null) return "";
  const all = [...view.validators, ...view.miners];
  return all.find((one) => one.hotkey === hotkey)?.player.name ?? hotkey;
}

/** A text with players' names in the place of their hotkeys. */
export function namesIn(view: View, text: string): string {
  return [...view.validators, ...view.miners].reduce(
    (named, { hotkey, player }) => named.replaceAll(hotkey, player.name),
    text,
  );
}
