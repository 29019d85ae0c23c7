import type { Chain, CommitmentField } from "@neurond/chain";
import { parseCommitment } from "@neurond/ledger";
import { type BlockNumber, type Netuid, toBlockNumber } from "@neurond/primitives";
import type { SeenCommitment } from "@neurond/store";
import type { CommitmentIndex } from "./ports/commitment-index.ts";

/** Blocks per transaction: a scan that is interrupted goes on where it was. */
const BATCH = 50;

/**
 * Follows the chain's final blocks for commitments. A slot on chain holds only the last
 * one, so whoever wants the first must have read the blocks. Not further back than `oldest`.
 */
export async function scanCommitments(
  deps: { readonly chain: Chain; readonly index: CommitmentIndex },
  range: { readonly netuid: Netuid; readonly oldest: BlockNumber; readonly finalized: BlockNumber },
  signal: AbortSignal,
): Promise<void> {
  const last = await deps.index.scannedTo();
  let from = Math.max(range.oldest, last === null ? 0 : last + 1);
  while (from <= range.finalized) {
    const to = Math.min(from + BATCH - 1, range.finalized);
    const found: SeenCommitment[] = [];
    const blocks = { from: toBlockNumber(from), to: toBlockNumber(to), netuid: range.netuid };
    for await (const seen of deps.chain.scanCommitments(blocks, { signal })) {
      const { hotkey, block, blockHash, extrinsicIndex } = seen;
      const fields = textsOf(seen.fields);
      const runId = parseCommitment(fields).scores?.runId ?? null;
      found.push({ hotkey, block, blockHash, extrinsicIndex, runId, fields });
    }
    await deps.index.save(found, toBlockNumber(to));
    from = to + 1;
  }
}

/** The texts of a commitment's raw fields; what is no text is not ours. */
export function textsOf(fields: readonly CommitmentField[]): readonly string[] {
  return fields.flatMap((field) =>
    field.kind === "raw" ? [Buffer.from(field.bytes).toString("latin1")] : [],
  );
}

/** Texts as the raw fields of a commitment. */
export function fieldsOf(texts: readonly string[]): readonly CommitmentField[] {
  return texts.map((text) => ({ kind: "raw", bytes: Buffer.from(text, "latin1") }));
}
