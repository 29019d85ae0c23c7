import type { Chain } from "@neurond/chain";
import type { CommitmentFact } from "@neurond/consensus";
import type { Netuid } from "@neurond/primitives";
import { readCommitments } from "./read-commitments.ts";

/** Facts of evidence that stand on chain, and those that do not, or not in that block. */
export interface FoundFacts {
  readonly found: readonly CommitmentFact[];
  readonly absent: readonly CommitmentFact[];
}

/** Looks every commitment that evidence rests on up in its block. */
export async function findFacts(
  chain: Chain,
  netuid: Netuid,
  facts: readonly CommitmentFact[],
  signal: AbortSignal,
): Promise<FoundFacts> {
  const found: CommitmentFact[] = [];
  const absent: CommitmentFact[] = [];
  for (const fact of facts) {
    const { block } = fact;
    const seen = await readCommitments(chain, { netuid, from: block, to: block }, signal);
    const isThere = seen.some(
      ({ fact: own }) =>
        own.block_hash === fact.block_hash &&
        own.extrinsic_index === fact.extrinsic_index &&
        own.extrinsic_hash === fact.extrinsic_hash &&
        own.payload === fact.payload,
    );
    (isThere ? found : absent).push(fact);
  }
  return { found, absent };
}
