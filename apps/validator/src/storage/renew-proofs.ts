import { setTimeout as sleep } from "node:timers/promises";
import { type BlockNumber, fromHex, type Hex, isAbort } from "@neurond/primitives";
import type { ShardRecord } from "@neurond/store";
import { parseSignedReceipt } from "@neurond/workload-storage";
import type { ValidatorMetrics } from "../metrics.ts";
import { attempt } from "../pass.ts";
import type { ProofStore } from "../ports/proof-store.ts";
import type { Validator } from "../validator.ts";
import type { MinerClient } from "./miner-client.ts";
import type { MinerView } from "./miner-view.ts";
import { handProofs, type ProveDeps, provePassing } from "./prove-shard.ts";

/** What making up for it needs. */
export interface RenewProofsDeps {
  readonly proving: ProveDeps;
  readonly proofs: Pick<ProofStore, "lacking">;
  readonly miners: MinerView;
  readonly client: Pick<MinerClient, "get">;
  readonly metrics: Pick<ValidatorMetrics, "shardProofs">;
}

const EVERY_MS = 60_000;
/** Shards fetched in one pass: fetching is a retrieval, and miners have other work. */
const AT_ONCE = 8;
/** An hour, after which one that failed is tried again. */
const RETRY_BLOCKS = 300;
/** Shards that are remembered as tried. */
const MAX_TRIED = 10_000;

/**
 * Makes what shards are asked by alone where it is missing: of those stored before it was turned on, and
 * those whose miner did not sign for it then. Each is fetched from its miner.
 */
export class ProofRenewal {
  readonly #deps: RenewProofsDeps;
  /** Shards for which nothing could be made, and when. */
  readonly #tried = new Map<Hex, BlockNumber>();

  constructor(deps: RenewProofsDeps) {
    this.#deps = deps;
  }

  /** One pass; of how many shards something was made. */
  async pass(head: BlockNumber, signal: AbortSignal): Promise<number> {
    const { identity, openings, tokens } = this.#deps.proving;
    for (const [id, at] of this.#tried) if (at + RETRY_BLOCKS < head) this.#tried.delete(id);
    const lacking = await this.#deps.proofs.lacking(identity.hotkey, {
      block: head,
      limit: AT_ONCE,
      maxBytes: tokens === null ? (openings?.maxShardBytes ?? 0) : null,
      except: [...this.#tried.keys()],
    });
    let made = 0;
    for (const shard of lacking) {
      if (await this.#make(shard, head, signal)) made += 1;
      else if (this.#tried.size < MAX_TRIED) this.#tried.set(shard.shardId, head);
    }
    return made;
  }

  async #make(shard: ShardRecord, head: BlockNumber, signal: AbortSignal): Promise<boolean> {
    const { proving, miners, client, metrics } = this.#deps;
    const miner = (await miners(signal)).get(shard.miner);
    if (miner === undefined) return false;
    const signed = parseSignedReceipt(JSON.parse(shard.receipt));
    try {
      const body = await client.get(miner, fromHex(shard.shardId), signal);
      const made = await provePassing(proving, signed.receipt, body, signal).finally(() =>
        body.destroy(),
      );
      if (made === null) return false;
      const renewed = await handProofs(proving, { signed, miner }, made, { head, signal });
      metrics.shardProofs.inc({ result: renewed === signed ? "refused" : "signed" });
      return renewed !== signed;
    } catch (error) {
      signal.throwIfAborted();
      const level = isAbort(error) ? "debug" : "warn";
      proving.log[level](
        { error, hotkey: miner.hotkey },
        "a stored shard could not be committed to",
      );
      return false;
    }
  }
}

/** Makes what is missing, a pass a minute, until the signal fires. Nothing where nothing is asked so. */
export async function keepProven(
  validator: Validator,
  deps: Omit<RenewProofsDeps, "proving"> & {
    readonly proving: { readonly deps: ProveDeps } | null;
  },
  head: () => BlockNumber,
  signal: AbortSignal,
): Promise<void> {
  const { proving } = deps;
  if (proving === null) return;
  const renewal = new ProofRenewal({ ...deps, proving: proving.deps });
  while (!signal.aborted) {
    await attempt(validator, "proofs", signal, async () => {
      await renewal.pass(head(), signal);
    }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
