import type { Chain } from "@neurond/chain";
import { digestOf } from "@neurond/exports";
import type { AuditState, SeenDigest } from "@neurond/ingest";
import { type Netuid, toBlockNumber } from "@neurond/primitives";
import { hexOf } from "./witness/chain-witness.ts";

/** What following takes. */
export interface FollowDeps {
  readonly chain: Pick<Chain, "blockCommitments">;
  readonly netuid: Netuid;
  readonly state: Pick<AuditState, "followedTo" | "saveDigests">;
  /** After a longer pause the blocks between are left to be looked up one by one. */
  readonly catchUpBlocks: number;
}

const BATCH = 50;

/**
 * Notes every commitment of the subnet in final blocks up to `finalized`, so that entries are verified
 * without asking anybody. How many blocks were read.
 */
export async function followCommitments(
  { chain, netuid, state, catchUpBlocks }: FollowDeps,
  finalized: number,
  signal: AbortSignal,
): Promise<number> {
  const before = await state.followedTo(netuid);
  const first = Math.max((before ?? finalized - 1) + 1, finalized - catchUpBlocks + 1, 0);
  let seen: SeenDigest[] = [];
  for (let block = first; block <= finalized; block += 1) {
    signal.throwIfAborted();
    const read = await chain.blockCommitments({ block: toBlockNumber(block), netuid }, { signal });
    seen.push(
      ...read.commitments.map(({ hotkey, extrinsicIndex, blockHash, fields }) => ({
        netuid,
        hotkey,
        block,
        extrinsicIndex,
        blockHash,
        blockTime: read.timeMs === undefined ? null : read.timeMs * 1_000,
        digest: hexOf(digestOf(fields)),
      })),
    );
    if (block === finalized || (block - first) % BATCH === BATCH - 1) {
      await state.saveDigests(netuid, seen, block);
      seen = [];
    }
  }
  return Math.max(0, finalized - first + 1);
}
