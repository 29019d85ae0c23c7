import { type BlockNumber, CodedError, toBlockNumber } from "@neurond/primitives";
import type { ConsensusCode } from "./errors.ts";

/** How long after a run's close validators may commit, and until when they must have revealed. */
export interface PhaseRules {
  /** K1: commitments count when included before close + K1. */
  readonly commitBlocks: number;
  /** K2 > K1: reveals count when seen before close + K2. */
  readonly revealBlocks: number;
}

export const DEFAULT_PHASES: PhaseRules = { commitBlocks: 100, revealBlocks: 200 };

/** Where a run stands: `commit` serves nothing, `reveal` serves the report, `compute` sets weights. */
export type Phase = "open" | "commit" | "reveal" | "compute";

/** The blocks at which a run changes its phase. */
export interface Phases {
  /** C, the first block after the run: scores are frozen, stakes and registrations are read here. */
  readonly close: BlockNumber;
  readonly revealFrom: BlockNumber;
  readonly computeFrom: BlockNumber;
}

/** The phases of a run that closes at a block. */
export function phasesOf(close: BlockNumber, rules: PhaseRules = DEFAULT_PHASES): Phases {
  const { commitBlocks, revealBlocks } = rules;
  const isOrdered = Number.isSafeInteger(commitBlocks) && commitBlocks > 0;
  if (!isOrdered || !Number.isSafeInteger(revealBlocks) || revealBlocks <= commitBlocks) {
    throw new CodedError<ConsensusCode>(
      "PHASES_INVALID",
      `${commitBlocks} blocks to commit and ${revealBlocks} to reveal: give 0 < commit < reveal`,
      { commitBlocks, revealBlocks },
    );
  }
  return {
    close,
    revealFrom: toBlockNumber(close + commitBlocks),
    computeFrom: toBlockNumber(close + revealBlocks),
  };
}

/** The phase at a block. */
export function phaseAt({ close, revealFrom, computeFrom }: Phases, block: BlockNumber): Phase {
  if (block < close) return "open";
  if (block < revealFrom) return "commit";
  return block < computeFrom ? "reveal" : "compute";
}

/** Whether a validator's report counts, or what it missed. Not revealing is kept as evidence. */
export type Standing =
  | "COUNTED"
  | "NOT_COMMITTED"
  | "COMMITTED_LATE"
  | "NOT_REVEALED"
  | "REVEALED_LATE";

/** The standing of a validator, from the blocks of its first commitment and of its reveal. */
export function standingOf(
  phases: Phases,
  committed: BlockNumber | null,
  revealed: BlockNumber | null,
): Standing {
  if (committed === null) return "NOT_COMMITTED";
  if (committed >= phases.revealFrom) return "COMMITTED_LATE";
  if (revealed === null) return "NOT_REVEALED";
  return revealed >= phases.computeFrom ? "REVEALED_LATE" : "COUNTED";
}
