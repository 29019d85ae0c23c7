import type { Readable } from "node:stream";
import {
  CodedError,
  fromHex,
  type Hex,
  type Hotkey,
  parseHotkey,
  toHex,
} from "@neurond/primitives";
import {
  type App,
  authenticated,
  authenticatedStream,
  type Gate,
  Lanes,
  principalOf,
} from "@neurond/runtime";
import { recordSignedReceipt } from "@neurond/workload-storage";
import { shardIdOf } from "@neurond/workload-storage/file";
import { z } from "zod";
import type { ValidatorCode } from "../errors.ts";
import type { FileLives } from "../ports/file-lives.ts";
import type { ManifestCopies } from "../ports/manifest-copies.ts";
import type { ManifestStore } from "../ports/manifest-store.ts";
import { findManifest } from "../storage/passing/find-manifest.ts";
import { wishedBlocksQuery } from "../storage/passing/lifetime.ts";
import { readGrantQuery } from "../storage/passing/may-read.ts";
import { explainMiner } from "../storage/passing/miner-client.ts";
import type { MinerView } from "../storage/passing/miner-view.ts";
import { type OfferedShard, type PassDeps, passShard } from "../storage/passing/pass-shard.ts";
import { provenBody } from "../storage/passing/proven-body.ts";
import { param } from "./params.ts";

/** What the routes for shards need. */
export interface ShardRoutes extends PassDeps {
  readonly manifests: ManifestStore;
  readonly copies: ManifestCopies;
  readonly lives: FileLives;
  readonly gate: Gate;
  readonly maxShardBytes: number;
  /** More wait, up to eight times as many. */
  readonly uploadsAtOnce: number;
  /** Miners that may be given more; all when absent. */
  readonly takers?: MinerView;
}

const shardId = z
  .string()
  .regex(/^(0x)?[0-9a-f]{64}$/)
  .describe("Shard id, 64 hexadecimal digits with or without 0x");

const Upload = z.object({
  file_id: param.hash.describe("Id of this version of the file"),
  segment: param.index,
  index: param.index.describe("Which copy of the segment"),
  generation: param.index.default(0),
  root: param.hash.describe("Root of the shard's tree"),
  sha256: param.hash.describe("SHA-256 of the body, by which it is signed on to the miner"),
  ttl_blocks: wishedBlocksQuery.optional(),
});

/** Where a shard belongs, for one that was stored through another validator. */
const Place = z.object({
  file_id: param.hash,
  segment: param.index,
  index: param.index,
  generation: param.index,
  miner: param.hotkey,
});
const Download = readGrantQuery.extend(Place.partial().shape);

/** Shorter than a connection may be without a byte. */
const WAIT_MS = 8_000;

/** Takes sealed shards for miners, and gives them back to the owner of their file. */
export function serveShards(app: App, deps: ShardRoutes): void {
  serveUploads(app, deps);
  serveDownloads(app, deps);
}

function serveUploads(app: App, deps: ShardRoutes): void {
  const { options, confirm } = authenticatedStream(deps.gate);
  const giving = { ...deps, miners: deps.takers ?? deps.miners };
  const lanes = new Lanes({ width: deps.uploadsAtOnce, busy });
  app.addContentTypeParser("application/octet-stream", (_request, payload, done) =>
    done(null, payload),
  );
  app.put(
    "/v1/storage/shards/:shard_id",
    {
      ...options,
      bodyLimit: deps.maxShardBytes,
      schema: {
        summary: "Passes a sealed shard on to its miner; the receipt that both sides signed",
        params: z.object({ shard_id: shardId }),
        querystring: Upload,
      },
    },
    async (request, reply) => {
      const sizeBytes = lengthOf(request.headers["content-length"], deps.maxShardBytes);
      const shard = offeredShard(request.params.shard_id, request.query, sizeBytes);
      const ended = new AbortController();
      reply.raw.once("close", () => ended.abort());
      const watched = watch(
        provenBody(request.body as Readable, sizeBytes, async () => {
          await claimFile(deps, request.query.file_id as Hex, (await confirm(request)).hotkey);
        }),
      );
      const turn = AbortSignal.any([ended.signal, AbortSignal.timeout(WAIT_MS)]);
      try {
        const pass = () => passShard(giving, shard, watched.body, ended.signal);
        const signed = await lanes.run(turn, pass);
        // Its file was deleted while it passed through: the miner is to forget it, too.
        if ((await deps.lives.ownerOf(request.query.file_id as Hex)) === null) {
          await deps.lives.remove(request.query.file_id as Hex, deps.head());
          throw unknownShard(request.query.file_id);
        }
        return reply.status(201).send(recordSignedReceipt(signed));
      } catch (error) {
        // When our body failed, the transfer failed with it; the body's own error says why.
        throw watched.failure() ?? error;
      }
    },
  );
}

function serveDownloads(app: App, deps: ShardRoutes): void {
  app.get(
    "/v1/storage/shards/:shard_id",
    {
      ...authenticated(deps.gate),
      schema: {
        summary: "The sealed bytes of a shard, from its miner, for whoever may read the file",
        description:
          "Where it belongs is asked for only of shards that were stored through another validator; a copy of their file's manifest must be here.",
        params: z.object({ shard_id: shardId }),
        querystring: Download,
      },
    },
    async (request, reply) => {
      const id = hexOf(request.params.shard_id);
      const found = await findShard(deps, id, request.query, principalOf(request).hotkey);
      if (found === null) throw unknownShard(id);
      const ended = new AbortController();
      reply.raw.once("close", () => ended.abort());
      const miner = (await deps.miners(ended.signal)).get(found.miner);
      if (miner === undefined) throw unreachable(found.miner);
      try {
        const bytes = await deps.client.get(miner, fromHex(id), ended.signal);
        if (found.sizeBytes !== undefined) reply.header("content-length", found.sizeBytes);
        return await reply.type("application/octet-stream").send(bytes);
      } catch (error) {
        throw explainMiner(error, miner);
      }
    },
  );
}

/** Who has a shard that a caller may read; of one that is not ours, its id says whether it has it. */
async function findShard(
  deps: ShardRoutes,
  id: Hex,
  query: z.output<typeof Download>,
  hotkey: Hotkey,
): Promise<{ readonly miner: Hotkey; readonly sizeBytes?: number } | null> {
  const caller = { hotkey, grant: query.grant };
  const own = await deps.shards.find(id, deps.identity.hotkey);
  if (own !== null) return (await findManifest(deps, own.fileId, caller)) && own;
  const place = Place.safeParse(query);
  if (!place.success) return null;
  const { file_id, miner: named, ...where } = place.data;
  const miner = parseHotkey(named);
  const due = toHex(shardIdOf({ fileId: fromHex(file_id), ...where, miner }));
  return due === id && (await findManifest(deps, file_id, caller)) !== null ? { miner } : null;
}

/**
 * A file is of whoever began it: nobody else adds shards to it, but for the custodian whom its
 * manifest names. Known before a miner has the whole shard.
 */
async function claimFile(deps: ShardRoutes, fileId: Hex, hotkey: Hotkey): Promise<void> {
  const owner = await deps.lives.claim(fileId, hotkey, deps.head());
  if (owner === hotkey || (await deps.manifests.get(fileId))?.custodian === hotkey) return;
  throw new CodedError<ValidatorCode>("FILE_FOREIGN", "another hotkey began a file of this id");
}

/** A body whose error is remembered: whoever reads it through a socket reports another one. */
function watch(source: AsyncIterable<Uint8Array>) {
  let failure: unknown;
  const body = async function* () {
    try {
      yield* source;
    } catch (error) {
      failure = error;
      throw error;
    }
  };
  return { body: body(), failure: () => failure };
}

function offeredShard(id: string, query: z.output<typeof Upload>, sizeBytes: number): OfferedShard {
  const { segment, index, generation, ttl_blocks } = query;
  return {
    shardId: fromHex(hexOf(id)),
    fileId: fromHex(query.file_id),
    segment,
    index,
    generation,
    root: fromHex(query.root),
    sizeBytes,
    sha256: fromHex(query.sha256),
    ...(ttl_blocks !== undefined && { ttlBlocks: ttl_blocks }),
  };
}

function lengthOf(header: string | undefined, maxBytes: number): number {
  const length = Number(header);
  if (Number.isSafeInteger(length) && length > 0 && length <= maxBytes) return length;
  const message = `a shard has a content-length from 1 to ${maxBytes}`;
  throw new CodedError<ValidatorCode>("SHARD_MISMATCH", message, { maxBytes });
}

const hexOf = (id: string): Hex => (id.startsWith("0x") ? (id as Hex) : `0x${id}`);

const busy = () =>
  new CodedError<ValidatorCode>("UPLOADS_BUSY", "too many shards pass through; try again soon");

const unknownShard = (id: string) =>
  new CodedError<ValidatorCode>("SHARD_UNKNOWN", "no shard of yours has this id here", { id });

const unreachable = (miner: Hotkey) =>
  new CodedError<ValidatorCode>(
    "MINER_UNREACHABLE",
    `miner ${miner} serves nowhere now; another copy may be elsewhere`,
    { miner },
  );
