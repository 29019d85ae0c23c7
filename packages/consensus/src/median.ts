import { CodedError } from "@neurond/primitives";
import type { ConsensusCode } from "./errors.ts";
import { Selection } from "./selection.ts";

/** What comes out for each miner, in their order. */
export interface Medians {
  /** Millionths, always a value somebody voted; NO_VOTE where nobody with stake voted. */
  readonly medians: Int32Array;
  /** Stake in rao of those who voted. */
  readonly covered: readonly bigint[];
}

/**
 * The lower weighted median of each miner: the least score whose voters, with all who voted less,
 * hold at least half of the stake that voted. An exact half split gives the lower value.
 *
 * `votes` holds, miner after miner, one vote of each validator in the order of `stakes`. Zero stakes
 * count for nothing. Time is linear in the votes whatever the scores: a radix selection, no sorting.
 */
export function weightedMedians(votes: Int32Array, stakes: readonly bigint[]): Medians {
  const voters = stakes.length;
  if (voters === 0 ? votes.length > 0 : votes.length % voters !== 0) {
    throw new CodedError<ConsensusCode>(
      "VOTES_INVALID",
      `${votes.length} votes are not a multiple of ${voters} validators`,
    );
  }
  const miners = voters === 0 ? 0 : votes.length / voters;
  const selection = new Selection(stakes);
  const medians = new Int32Array(miners);
  const covered: bigint[] = [];
  for (let miner = 0; miner < miners; miner += 1) {
    medians[miner] = selection.median(votes.subarray(miner * voters, (miner + 1) * voters));
    covered.push(selection.covered());
  }
  return { medians, covered };
}
