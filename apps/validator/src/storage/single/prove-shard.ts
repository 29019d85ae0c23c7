import { setImmediate as immediate } from "node:timers/promises";
import { verifySr25519Fast } from "@neurond/crypto";
import { type BlockNumber, CodedError, canonicalJson, isAbort, toHex } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import type { KeptTokens } from "@neurond/store";
import {
  type Entry,
  isReceiptSigned,
  type Receipt,
  receiptDigest,
  recordSignedReceipt,
  type SignedReceipt,
  type VectorCommitments,
} from "@neurond/workload-storage";
import { CheckedBody, type VectorThread } from "@neurond/workload-storage/io";
import type { CommittedVector } from "@neurond/workload-storage/opening";
import type { FileLives } from "../../ports/file-lives.ts";
import type { ProofStore } from "../../ports/proof-store.ts";
import type { Identity } from "../../validator.ts";
import type { MinerClient } from "../passing/miner-client.ts";
import type { ServingMiner } from "../passing/miner-view.ts";
import { beginTokens, keepTokens, type TokenPlan } from "./token-secrets.ts";

/** What making shards provable one by one needs. */
export interface ProveDeps {
  readonly identity: Identity;
  readonly client: Pick<MinerClient, "renew">;
  readonly proofs: Pick<ProofStore, "add">;
  readonly lives: Pick<FileLives, "renew">;
  /** Null where no blocks are opened. */
  readonly openings:
    | (Pick<VectorCommitments, "suite" | "sectors"> & {
        readonly maxShardBytes: number;
        readonly vectors: VectorThread;
      })
    | null;
  /** Null where no tokens are used. */
  readonly tokens: TokenPlan | null;
  readonly log: Logger;
}

/** What was made of a shard on its way. */
export interface MadeProofs {
  readonly vector: CommittedVector | null;
  readonly tokens: { readonly kept: KeptTokens; readonly root: Uint8Array } | null;
}

/**
 * Commits to a shard's blocks, and makes its tokens, as it passes by. Null when neither is due.
 * @throws CodedError ROOT_MISMATCH SIZE_MISMATCH: then nothing was made
 */
export async function provePassing(
  { openings, tokens }: ProveDeps,
  entry: Entry,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<MadeProofs | null> {
  const isOpened = openings !== null && entry.size <= openings.maxShardBytes;
  if (!isOpened && tokens === null) return null;
  const maker = tokens && (await beginTokens(tokens, entry));
  const pieces: Uint8Array[] = [];
  for await (const piece of new CheckedBody(entry, body).bytes()) {
    maker?.update(piece);
    if (isOpened) pieces.push(Uint8Array.from(piece));
  }
  const made = await maker?.finishSlowly(() => immediate());
  return {
    vector: isOpened
      ? await openings.vectors.commit(Buffer.concat(pieces), openings, signal)
      : null,
    tokens:
      made && tokens ? { root: made.root, kept: await keepTokens(tokens, entry, made) } : null,
  };
}

/**
 * Has the receipt of a stored shard signed anew, with what was made of the shard in it. The receipt as
 * it was when the miner does not sign: then it keeps the shard, which is not asked about alone.
 */
export async function handProofs(
  { identity, client, proofs, lives, openings, log }: ProveDeps,
  { signed: before, miner }: { readonly signed: SignedReceipt; readonly miner: ServingMiner },
  { vector, tokens }: MadeProofs,
  { head, signal }: { readonly head: BlockNumber; readonly signal: AbortSignal },
): Promise<SignedReceipt> {
  const receipt: Receipt = {
    ...before.receipt,
    ...(vector &&
      openings && {
        vector: { suite: openings.suite, sectors: openings.sectors, root: vector.root },
      }),
    ...(tokens && { tokens: { count: tokens.kept.count, root: tokens.root } }),
  };
  const validatorSignature = identity.signer.sign(receiptDigest(receipt));
  try {
    const offer = { receipt, validatorSignature };
    const minerSignature = await client.renew(miner, offer, signal);
    const signed = { ...offer, minerSignature };
    if (!isReceiptSigned(signed, verifySr25519Fast)) {
      log.warn({ hotkey: miner.hotkey }, "what a shard is asked by was not signed for");
      return before;
    }
    const text = canonicalJson(recordSignedReceipt(signed));
    const shardId = toHex(receipt.shardId);
    await lives.renew(shardId, { at: head, expires: receipt.expiresBlock as BlockNumber }, text);
    const holding = { validator: identity.hotkey, miner: miner.hotkey };
    await proofs.add(holding, {
      shardId,
      receipt: text,
      commitments: vector && Buffer.concat(vector.commitments),
      tokens: tokens?.kept ?? null,
    });
    return signed;
  } catch (error) {
    if (!(error instanceof CodedError) && !isAbort(error)) throw error;
    log.warn({ error, hotkey: miner.hotkey }, "what a shard is asked by was not taken");
    return before;
  }
}
