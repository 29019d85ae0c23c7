import { type BlockNumber, runAt, toBlockNumber } from "@neurond/primitives";

/** When the things of a run happen, in blocks: as short as two busy cores can follow. */
export const RUN_PLAN = { blocks: 24, beaconLag: 8, commitWindow: 8, revealWindow: 16 } as const;

/** What a run is in, as people are shown it. */
export type Phase = "opening" | "probing" | "committing" | "revealing" | "agreed";

/** The run a block lies in. */
export function runIndexAt(block: BlockNumber): number {
  return runAt(block, RUN_PLAN.blocks).index;
}

/** The block at which a run begins. */
export function startOf(index: number): BlockNumber {
  return toBlockNumber(index * RUN_PLAN.blocks);
}

/** What a run is in at a block. */
export function phaseOf(index: number, block: BlockNumber): Phase {
  const { blocks, beaconLag, commitWindow, revealWindow } = RUN_PLAN;
  const into = block - startOf(index);
  if (into < beaconLag) return "opening";
  if (into < blocks) return "probing";
  if (into < blocks + commitWindow) return "committing";
  return into < blocks + revealWindow ? "revealing" : "agreed";
}

/** The last run whose reports are public at a block; negative when there is none. */
export function lastRevealed(block: BlockNumber): number {
  return runIndexAt(toBlockNumber(Math.max(0, block - RUN_PLAN.commitWindow))) - 1;
}
