import { CodedError, toHex } from "@neurond/primitives";
import { type App, authenticated, type Gate, principalOf } from "@neurond/runtime";
import { receiptDigest, type StorageCode } from "@neurond/workload-storage";
import {
  decodeOffer,
  parseShardName,
  RECEIPT_PARAMETER,
  type ShardStore,
  SignatureAnswer,
} from "@neurond/workload-storage/io";
import { z } from "zod";
import { checkOffer, checkRenewal, type OfferRules } from "../check-offer.ts";
import type { MinerCode } from "../errors.ts";
import { type CheckDeps, checkCommitments } from "../storage/check-commitments.ts";
import { shardParams } from "./shard-params.ts";

export interface RenewalDeps {
  readonly shards: ShardStore;
  readonly rules: OfferRules;
  readonly sign: (digest: Uint8Array) => Uint8Array;
  readonly gate: Gate;
  readonly commitments: CheckDeps;
}

/** Making commitments to a shard's blocks again takes seconds per megabyte. */
const CHECK_MS = 60_000;

/**
 * Takes newer receipts of shards that are here: such that promise them for longer, and such that name
 * commitments to their blocks, or tokens, that were made as they passed. No byte is sent again.
 */
export function serveRenewals(app: App, deps: RenewalDeps): void {
  const { shards, rules, sign, gate, commitments } = deps;
  app.put(
    "/v1/storage/shards/:id/receipt",
    {
      ...authenticated(gate),
      schema: {
        summary: "Signs a receipt that promises a shard for longer, or says what it is asked by",
        params: shardParams,
        querystring: z.object({
          [RECEIPT_PARAMETER]: z.string().max(8192).describe("the receipt its validator signed"),
        }),
        response: { 200: SignatureAnswer },
      },
    },
    async (request) => {
      const name = parseShardName(request.params.id);
      const { receipt, validatorSignature } = decodeOffer(request.query[RECEIPT_PARAMETER]);
      checkOffer({ receipt, validatorSignature }, { name, lengthBytes: undefined }, rules);
      if (principalOf(request).hotkey !== receipt.validator) {
        const message = "the receipt is another validator's: only it may renew the shard";
        throw new CodedError<MinerCode>("CALLER_WRONG", message);
      }
      const stored = shards.receiptOf(name);
      if (stored === undefined) {
        const message = "the shard is not stored here";
        throw new CodedError<StorageCode>("SHARD_MISSING", message, { shard: name });
      }
      if (shards.get(name) === undefined) {
        const message = "the shard is lost here: store it anew";
        throw new CodedError<StorageCode>("SHARD_CORRUPT", message, { shard: name });
      }
      checkRenewal(receipt, stored.receipt);
      const signal = AbortSignal.timeout(CHECK_MS);
      await checkCommitments(commitments, receipt, stored.receipt, signal);
      // Renewed meanwhile: what is stored now counts.
      checkRenewal(receipt, shards.receiptOf(name)?.receipt);
      const minerSignature = sign(receiptDigest(receipt));
      await shards.accept({ receipt, validatorSignature, minerSignature }, nothing());
      return { signature: toHex(minerSignature) };
    },
  );
}

/** The shard is here; a store that reads on has nothing to read. */
async function* nothing(): AsyncGenerator<Uint8Array> {}
