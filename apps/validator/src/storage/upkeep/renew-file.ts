import { verifySr25519Fast } from "@neurond/crypto";
import {
  type BlockNumber,
  canonicalJson,
  type Hex,
  toBlockNumber,
  toHex,
} from "@neurond/primitives";
import type { OwnedShard } from "@neurond/store";
import {
  isReceiptSigned,
  parseSignedReceipt,
  receiptDigest,
  recordSignedReceipt,
} from "@neurond/workload-storage";
import { forEachLimited } from "../../for-each-limited.ts";
import type { FileLives } from "../../ports/file-lives.ts";
import { lifetimeOf } from "../passing/lifetime.ts";
import type { MinerClient } from "../passing/miner-client.ts";
import type { MinerView } from "../passing/miner-view.ts";
import type { PassDeps } from "../passing/pass-shard.ts";

/** What renewing needs. */
export interface RenewDeps extends Pick<PassDeps, "identity" | "ttlBlocks" | "head"> {
  readonly lives: FileLives;
  readonly miners: MinerView;
  readonly client: MinerClient;
}

/** What became of the shards of a file; those of `failed` still end when they did. */
export interface Renewal {
  /** Blocks of the new term. */
  readonly created: BlockNumber;
  readonly expires: BlockNumber;
  readonly renewed: readonly Hex[];
  readonly failed: readonly Hex[];
}

const AT_ONCE = 4;

/**
 * Asks the miners of a file to hold its shards for another term from now on. Each receipt is signed
 * anew by both sides; a miner knows the bytes by their root, which it proved to hold. What is promised
 * for as long already stays as it is.
 */
export async function renewFile(
  deps: RenewDeps,
  shards: readonly OwnedShard[],
  { ttlBlocks, signal }: { readonly ttlBlocks: number | undefined; readonly signal: AbortSignal },
): Promise<Renewal> {
  const created = deps.head();
  const expires = toBlockNumber(created + lifetimeOf(ttlBlocks, deps.ttlBlocks));
  const term = { at: created, expires };
  const [renewed, failed]: [Hex[], Hex[]] = [[], []];
  await forEachLimited(shards, AT_ONCE, signal, async (shard) => {
    const isRenewed =
      shard.expiresBlock >= expires ||
      (await renewShard(deps, shard, term, signal).catch(() => {
        signal.throwIfAborted();
        return false;
      }));
    (isRenewed ? renewed : failed).push(shard.shardId);
  });
  return { created, expires, renewed, failed };
}

async function renewShard(
  { identity, lives, miners, client }: RenewDeps,
  { shardId, miner: holder, receipt: text }: OwnedShard,
  term: { readonly at: BlockNumber; readonly expires: BlockNumber },
  signal: AbortSignal,
): Promise<boolean> {
  const miner = (await miners(signal)).get(holder);
  if (miner === undefined) return false;
  const { receipt: before } = parseSignedReceipt(JSON.parse(text));
  const receipt = { ...before, expiresBlock: term.expires };
  const validatorSignature = identity.signer.sign(receiptDigest(receipt));
  const offer = { receipt, validatorSignature };
  const minerSignature = await client.renew(miner, offer, signal);
  const signed = { receipt, validatorSignature, minerSignature };
  if (!isReceiptSigned(signed, verifySr25519Fast) || toHex(receipt.shardId) !== shardId)
    return false;
  const record = canonicalJson(recordSignedReceipt(signed));
  await lives.renew(shardId, term, record);
  return true;
}
