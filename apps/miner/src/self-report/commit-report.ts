import type { Chain, CommitmentField, Signer } from "@neurond/chain";
import { digestOf } from "@neurond/exports";
import { fromHex, hotkeyOf, type Netuid, toBlockNumber, toHex } from "@neurond/primitives";
import { classifyCommitment } from "@neurond/registry";

/** What committing to a report takes. */
export interface CommitDeps {
  readonly chain: Pick<Chain, "commitment" | "setCommitment" | "scanCommitments" | "head">;
  readonly signer: Signer;
  readonly netuid: Netuid;
}

/** Blocks after which a commitment that is in none of them is sent again. */
const PATIENCE_BLOCKS = 16;

/** The final block that holds the digest; null when none since `after` does. */
export async function findCommitted(
  { chain, netuid, signer }: CommitDeps,
  sha256: string,
  after: number,
  signal: AbortSignal,
): Promise<{ readonly block: number | null; readonly isPatient: boolean }> {
  const { number: finalized } = await chain.head({ at: "finalized", signal });
  const own = hotkeyOf(signer.publicKey);
  const last = Math.min(finalized, after + 4 * PATIENCE_BLOCKS);
  const isPatient = finalized < after + PATIENCE_BLOCKS;
  if (last <= after) return { block: null, isPatient };
  const range = { from: toBlockNumber(after + 1), to: toBlockNumber(last), netuid };
  for await (const seen of chain.scanCommitments(range, { signal })) {
    const digest = seen.hotkey === own ? digestOf(seen.fields) : null;
    if (digest !== null && toHex(digest) === `0x${sha256}`) return { block: seen.block, isPatient };
  }
  return { block: null, isPatient };
}

/**
 * The fields to commit to: the digest, behind the address under which the registry finds this miner, if the
 * slot holds one. Readers of registries take the first text, auditors the first SHA-256, so both are served.
 * Null with the text when the slot holds something that is neither.
 */
export async function fieldsBeside(
  { chain, netuid, signer }: CommitDeps,
  sha256: string,
  signal: AbortSignal,
): Promise<{ readonly fields: readonly CommitmentField[] } | { readonly occupied: string }> {
  const own = { kind: "sha-256", hash: fromHex(`0x${sha256}`) } as const;
  const hotkey = hotkeyOf(signer.publicKey);
  const standing = await chain.commitment({ netuid, hotkey }, { signal });
  const entry = classifyCommitment(standing?.fields ?? []);
  if (entry.kind === "missing-data") return { fields: [own] };
  if (entry.kind !== "endpoint") return { occupied: entry.text };
  const address = { kind: "raw", bytes: Buffer.from(entry.text, "latin1") } as const;
  return { fields: [address, own] };
}
