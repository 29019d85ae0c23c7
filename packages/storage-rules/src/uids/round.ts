import { type BlockNumber, toBlockNumber } from "@neurond/primitives";

/** Blocks of a round unless somebody says otherwise (`--neuron.blocks_per_step`). */
export const BLOCKS_PER_ROUND = 3;

/** The round a block belongs to. */
export function roundOf(block: BlockNumber, blocksPerRound = BLOCKS_PER_ROUND): number {
  return Math.floor(block / blocksPerRound);
}

/** The block whose hash decides the round of `block`: the round's first. Use it once it is final. */
export function drawBlock(block: BlockNumber, blocksPerRound = BLOCKS_PER_ROUND): BlockNumber {
  return toBlockNumber(roundOf(block, blocksPerRound) * blocksPerRound);
}
