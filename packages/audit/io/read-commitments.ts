import type { Chain, CommitmentField } from "@neurond/chain";
import type { CommitmentFact } from "@neurond/consensus";
import type { Hotkey, Netuid } from "@neurond/primitives";
import { toBlockNumber } from "@neurond/primitives";

/** One field of a commitment and whose it is. */
export interface SeenField {
  readonly hotkey: Hotkey;
  readonly fact: CommitmentFact;
}

/** Every text committed to in a range of blocks, both ends included, in the order of the chain. */
export async function readCommitments(
  chain: Chain,
  range: { readonly netuid: Netuid; readonly from: number; readonly to: number },
  signal: AbortSignal,
): Promise<readonly SeenField[]> {
  const seen: SeenField[] = [];
  if (range.to < range.from) return seen;
  const blocks = { from: toBlockNumber(range.from), to: toBlockNumber(range.to) };
  const found = chain.scanCommitments({ ...blocks, netuid: range.netuid }, { signal });
  for await (const { hotkey, block, blockHash, extrinsicIndex, extrinsicHash, fields } of found) {
    for (const payload of textsOf(fields)) {
      const place = { block, block_hash: blockHash, extrinsic_index: extrinsicIndex };
      seen.push({ hotkey, fact: { ...place, extrinsic_hash: extrinsicHash, payload } });
    }
  }
  return seen;
}

/** The texts of raw fields, as far as evidence can carry them. */
function textsOf(fields: readonly CommitmentField[]): readonly string[] {
  return fields.flatMap((field) =>
    field.kind === "raw" && field.bytes.length <= 128
      ? [Buffer.from(field.bytes).toString("latin1")]
      : [],
  );
}
