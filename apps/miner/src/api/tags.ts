import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import { CodedError, isCoded, toHex } from "@neurond/primitives";
import { type App, authenticatedStream, type Gate, type Lanes } from "@neurond/runtime";
import type { StorageCode } from "@neurond/workload-storage";
import {
  acceptGrant,
  checkGrantOffer,
  decodeGrantOffer,
  GRANT_PARAMETER,
  type OfferedGrant,
  parseShardName,
  type ShardName,
  type ShardStore,
  SignatureAnswer,
  shardNameOf,
  type TagStore,
  tagSetsBytes,
} from "@neurond/workload-storage/io";
import { z } from "zod";
import type { OfferRules } from "../check-offer.ts";
import type { MinerCode } from "../errors.ts";
import type { MinerMetrics } from "../metrics.ts";
import { shardParams } from "./shard-params.ts";
import { provenBody } from "./upload-body.ts";

export interface TagDeps {
  readonly shards: ShardStore;
  readonly tags: TagStore;
  readonly rules: OfferRules;
  readonly sign: (digest: Uint8Array) => Uint8Array;
  readonly gate: Gate;
  readonly lanes: Lanes;
  readonly uploadMs: number;
  readonly metrics: MinerMetrics;
}

/** Who waits for a lane gives up before his signature grows old. */
const LANE_MS = 5_000;

/**
 * Takes the tags of a shard that is here: the grant is judged before the body is read, sets are checked
 * on their way to a temporary file, and our signature leaves only when all of it is on disk.
 */
export function serveTags(app: App, deps: TagDeps): void {
  const { gate, lanes, metrics, shards, tags, rules, sign, uploadMs } = deps;
  const { options, confirm } = authenticatedStream(gate);
  app.put(
    "/v1/storage/shards/:id/tags",
    {
      ...options,
      schema: {
        summary: "Keeps the tags of a shard and signs their grant",
        params: shardParams,
        querystring: z.object({
          [GRANT_PARAMETER]: z.string().max(8192).describe("the grant its validator signed"),
        }),
        response: { 200: SignatureAnswer },
      },
    },
    async (request) => {
      try {
        const name = parseShardName(request.params.id);
        const offer = decodeGrantOffer(request.query[GRANT_PARAMETER]);
        checkShape(offer, name, request.headers, rules);
        checkGrantOffer(offer, { shards, miner: rules.miner, verify: rules.verify });
        await shards.requireFree(tagSetsBytes(offer.grant));
        const body = provenBody(request.body as Readable, {
          deadlineMs: uploadMs,
          confirm: async () => checkCaller((await confirm(request)).hotkey, offer),
        });
        const accept = { shards, tags, miner: rules.miner, sign, verify: rules.verify };
        const { minerSignature } = await lanes.run(AbortSignal.timeout(LANE_MS), () =>
          acceptGrant({ ...offer, body }, accept),
        );
        metrics.tagUploads.inc({ result: "stored" });
        return { signature: toHex(minerSignature) };
      } catch (error) {
        metrics.tagUploads.inc({ result: isCoded(error) ? error.code.toLowerCase() : "error" });
        throw error;
      }
    },
  );
}

/** What can be said without a signature being looked at. */
function checkShape(
  { grant }: OfferedGrant,
  name: ShardName,
  headers: IncomingHttpHeaders,
  { netuid }: OfferRules,
): void {
  if (grant.netuid !== netuid) throw invalid("it is for another subnet");
  if (shardNameOf(grant.shardId) !== name) throw invalid("it is for another shard");
  const announced = headers["content-length"];
  if (announced !== undefined && Number(announced) !== tagSetsBytes(grant)) {
    throw invalid(`${announced} bytes are announced for ${tagSetsBytes(grant)} bytes of tags`);
  }
}

function checkCaller(caller: string, { grant }: OfferedGrant): void {
  if (caller === grant.validator) return;
  const message = "the grant is another validator's: only it may hand tags over";
  throw new CodedError<MinerCode>("CALLER_WRONG", message);
}

function invalid(reason: string): CodedError<StorageCode> {
  return new CodedError("GRANT_INVALID", `the grant was not signed: ${reason}`);
}
