import { addAbortSignal, Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { CodedError } from "@neurond/primitives";
import { type App, authenticated, type Gate, type Lanes, principalOf } from "@neurond/runtime";
import type { StorageCode } from "@neurond/workload-storage";
import {
  isLoss,
  parseShardName,
  type ShardName,
  type ShardStore,
  type TagStore,
} from "@neurond/workload-storage/io";
import type { MinerCode } from "../errors.ts";
import type { MinerMetrics } from "../metrics.ts";
import { shardParams } from "./shard-params.ts";

export interface ShardDeps {
  readonly shards: ShardStore;
  readonly tags: TagStore;
  /** Hears of a shard that could not be read. */
  readonly onUnreadable: (name: ShardName) => void;
  readonly gate: Gate;
  readonly disk: Lanes;
  readonly downloadMs: number;
  readonly metrics: MinerMetrics;
}

/** Gives shards back, to any validator, and forgets them for the one they are held for. */
export function serveShards(
  app: App,
  { shards, tags, onUnreadable, gate, disk, downloadMs, metrics }: ShardDeps,
): void {
  app.get(
    "/v1/storage/shards/:id",
    {
      ...authenticated(gate),
      schema: { summary: "The bytes of a shard, sealed", params: shardParams },
    },
    async (request, reply) => {
      const name = parseShardName(request.params.id);
      const stored = shards.receiptOf(name);
      if (stored === undefined) {
        metrics.downloads.inc({ result: "missing" });
        throw missing(name);
      }
      const signal = AbortSignal.timeout(downloadMs);
      await disk.run(signal, async () => {
        const bytes = addAbortSignal(signal, Readable.from(shards.read(name)));
        bytes.once("error", (error) => {
          if (isLoss(error)) onUnreadable(name);
        });
        reply
          .type("application/octet-stream")
          .header("content-length", stored.receipt.size)
          .send(bytes);
        // The lane is held until the last byte has left, or the reader has.
        const result = await finished(reply.raw).then(
          () => "sent",
          () => "broken",
        );
        metrics.downloads.inc({ result });
      });
      return reply;
    },
  );
  app.delete(
    "/v1/storage/shards/:id",
    {
      ...authenticated(gate),
      schema: { summary: "Forgets a shard; only its validator may ask", params: shardParams },
    },
    async (request, reply) => {
      const name = parseShardName(request.params.id);
      const stored = shards.receiptOf(name);
      if (stored === undefined) throw missing(name);
      if (stored.receipt.validator !== principalOf(request).hotkey) throw foreign();
      await shards.delete(name);
      await tags.delete(name);
      metrics.deleted.inc();
      return reply.status(204).send();
    },
  );
}

function missing(name: ShardName): CodedError<StorageCode> {
  return new CodedError("SHARD_MISSING", "the shard is not stored here", { shard: name });
}

function foreign(): CodedError<MinerCode> {
  return new CodedError("CALLER_WRONG", "the shard is held for another validator");
}
