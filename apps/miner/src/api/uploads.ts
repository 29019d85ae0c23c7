import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { CodedError, type Hotkey, isCoded, toHex } from "@neurond/primitives";
import { type App, authenticatedStream, type Gate, type Lanes } from "@neurond/runtime";
import { compareBytes, receiptDigest, type SignedReceipt } from "@neurond/workload-storage";
import {
  Countersignature,
  decodeOffer,
  type OfferedReceipt,
  parseShardName,
  RECEIPT_PARAMETER,
  type ShardName,
  type ShardStore,
} from "@neurond/workload-storage/io";
import { z } from "zod";
import { checkOffer, checkRenewal, type OfferRules } from "../check-offer.ts";
import type { MinerCode } from "../errors.ts";
import type { MinerMetrics } from "../metrics.ts";
import { refuseEarlyCommitments } from "../storage/check-commitments.ts";
import { shardParams } from "./shard-params.ts";
import { drain, provenBody } from "./upload-body.ts";

export interface UploadDeps {
  readonly shards: ShardStore;
  readonly rules: OfferRules;
  readonly sign: (digest: Uint8Array) => Uint8Array;
  readonly gate: Gate;
  readonly lanes: Lanes;
  readonly uploadMs: number;
  readonly metrics: MinerMetrics;
}

const OCTETS = "application/octet-stream";
/** Who waits for a lane gives up before his signature grows old. */
const LANE_MS = 5_000;

/**
 * Takes shards: the receipt is judged before the body is read, the body is hashed on its way to a
 * temporary file, and only when root, size, signature and nonce hold does it become a shard that is
 * served. The answer is our signature on the receipt, so it comes after everything is on disk.
 */
export function serveUploads(app: App, deps: UploadDeps): void {
  const { gate, lanes, metrics, rules } = deps;
  const { options, confirm } = authenticatedStream(gate);
  app.addContentTypeParser(OCTETS, (_request, payload, done) => done(null, payload));
  app.put(
    "/v1/storage/shards/:id",
    {
      ...options,
      schema: {
        summary: "Stores a sealed shard and signs its receipt",
        params: shardParams,
        querystring: z.object({
          [RECEIPT_PARAMETER]: z.string().max(8192).describe("the receipt its validator signed"),
        }),
        response: { 200: Countersignature },
      },
    },
    async (request) => {
      const end = metrics.uploadSeconds.startTimer();
      try {
        const name = parseShardName(request.params.id);
        const offer = decodeOffer(request.query[RECEIPT_PARAMETER]);
        checkOffer(offer, { name, lengthBytes: lengthOf(request.headers) }, rules);
        refuseEarlyCommitments(offer.receipt, deps.shards.receiptOf(name)?.receipt);
        const body = provenBody(request.body as Readable, {
          deadlineMs: deps.uploadMs,
          confirm: async () => checkCaller((await confirm(request)).hotkey, offer),
        });
        const store = () => storeShard(deps, name, offer, body);
        const { minerSignature } = await lanes.run(AbortSignal.timeout(LANE_MS), store);
        metrics.uploads.inc({ result: "stored" });
        end();
        return { miner_signature: toHex(minerSignature) };
      } catch (error) {
        metrics.uploads.inc({ result: isCoded(error) ? error.code.toLowerCase() : "error" });
        throw error;
      }
    },
  );
}

/** Announced bytes; undefined when the body comes in chunks. */
function lengthOf(headers: IncomingHttpHeaders): number | undefined {
  const announced = headers["content-length"];
  return announced === undefined ? undefined : Number(announced);
}

async function storeShard(
  { shards, sign }: UploadDeps,
  name: ShardName,
  { receipt, validatorSignature }: OfferedReceipt,
  body: AsyncIterable<Uint8Array>,
): Promise<SignedReceipt> {
  const digest = receiptDigest(receipt);
  checkRenewal(receipt, shards.receiptOf(name)?.receipt);
  // One that was lost is taken anew.
  const stored = shards.get(name);
  // Signed now because shard and receipt become one on disk; it leaves us only once they are there.
  const signed = { receipt, validatorSignature, minerSignature: sign(digest) };
  if (stored === undefined) {
    await shards.accept(signed, body);
    return signed;
  }
  // The bytes are here; the body is read for its proof alone.
  await drain(body, receipt.size);
  if (compareBytes(receiptDigest(stored.receipt), digest) === 0) return stored;
  await shards.accept(signed, body);
  return signed;
}

function checkCaller(caller: Hotkey, { receipt }: OfferedReceipt): void {
  if (caller === receipt.validator) return;
  const message = "the receipt is another validator's: only it may hand the shard over";
  throw new CodedError<MinerCode>("CALLER_WRONG", message);
}
