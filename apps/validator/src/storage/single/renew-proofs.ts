import type { BlockNumber } from "@neurond/primitives";
import type { ShardRecord } from "@neurond/store";
import { parseSignedReceipt } from "@neurond/workload-storage";
import type { ValidatorMetrics } from "../../metrics.ts";
import type { ProofStore } from "../../ports/proof-store.ts";
import { Refetch, type RefetchDeps } from "../upkeep/refetch.ts";
import { handProofs, type ProveDeps, provePassing } from "./prove-shard.ts";

/** What making up for it needs. */
export interface RenewProofsDeps extends Omit<RefetchDeps, "log"> {
  readonly proving: ProveDeps;
  readonly proofs: Pick<ProofStore, "lacking">;
  readonly metrics: Pick<ValidatorMetrics, "shardProofs">;
}

/** An hour, after which one that failed is tried again. */
const RETRY_BLOCKS = 300;

/**
 * Makes what shards are asked by alone where it is missing: of those stored before it was turned on, and
 * those whose miner did not sign for it then. Each is fetched from its miner.
 */
export class ProofRenewal {
  readonly #deps: RenewProofsDeps;
  readonly #refetch: Refetch<ShardRecord>;

  constructor(deps: RenewProofsDeps) {
    this.#deps = deps;
    this.#refetch = new Refetch({ ...deps, log: deps.proving.log });
  }

  /** One pass; of how many shards something was made. */
  async pass(head: BlockNumber, signal: AbortSignal): Promise<number> {
    const { proving, proofs, metrics } = this.#deps;
    const { identity, openings, tokens } = proving;
    const maxBytes = tokens === null ? (openings?.maxShardBytes ?? 0) : null;
    return this.#refetch.pass(
      {
        find: (wanted) => proofs.lacking(identity.hotkey, { block: head, maxBytes, ...wanted }),
        async make(shard, miner, body) {
          const signed = parseSignedReceipt(JSON.parse(shard.receipt));
          const made = await provePassing(proving, signed.receipt, body, signal);
          if (made === null) return false;
          const renewed = await handProofs(proving, { signed, miner }, made, { head, signal });
          metrics.shardProofs.inc({ result: renewed === signed ? "refused" : "signed" });
          return renewed !== signed;
        },
      },
      { now: head, since: head - RETRY_BLOCKS },
      signal,
    );
  }
}
