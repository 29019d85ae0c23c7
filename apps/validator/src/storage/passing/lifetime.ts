import { z } from "zod";

/** An hour: what ends sooner is over before anybody has checked that it was kept. */
const SHORTEST_BLOCKS = 300;

/** A wished lifetime in a body; see `lifetimeOf`. */
export const wishedBlocks = z
  .int()
  .min(1)
  .describe("Blocks for which it is wanted, within bounds; as long as miners promise when absent");

/** The same in a query. */
export const wishedBlocksQuery = z.coerce.number().pipe(wishedBlocks);

/**
 * The blocks for which miners are asked to promise a shard: what a client wishes, an hour at least and
 * never more than `longest`, which is also what one gets who wishes nothing.
 */
export function lifetimeOf(wished: number | undefined, longest: number): number {
  return Math.min(longest, Math.max(SHORTEST_BLOCKS, wished ?? longest));
}
