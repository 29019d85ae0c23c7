import { verifySr25519Fast } from "@neurond/crypto";
import {
  type BlockNumber,
  CodedError,
  canonicalJson,
  fromHex,
  toBlockNumber,
} from "@neurond/primitives";
import { type App, authenticated, type Gate, principalOf } from "@neurond/runtime";
import type { ManifestRecord } from "@neurond/store";
import { decodeManifest, Manifest, type Manifest as ManifestBody } from "@neurond/workload-storage";
import { z } from "zod";
import type { ValidatorCode } from "../errors.ts";
import type { ManifestStore } from "../ports/manifest-store.ts";
import type { ShardCatalog } from "../ports/shard-catalog.ts";
import { chooseMiners } from "../storage/choose-miners.ts";
import type { MinerView } from "../storage/miner-view.ts";
import type { Identity } from "../validator.ts";
import { param } from "./params.ts";

/** What the routes for files need. */
export interface FileRoutes {
  readonly identity: Identity;
  readonly gate: Gate;
  readonly miners: MinerView;
  readonly shards: ShardCatalog;
  readonly manifests: ManifestStore;
  readonly ttlBlocks: number;
  readonly maxShardBytes: number;
  readonly head: () => BlockNumber;
  readonly now: () => number;
}

const MAX_SEGMENTS = 100_000;
const MAX_LISTED = 1_000;

const NewFile = z.strictObject({
  file_id: param.hash.describe("32 random bytes, others for every version of a file"),
  size: z.int().min(1).describe("Bytes after encryption"),
  segments: z.int().min(1).max(MAX_SEGMENTS),
  copies: z.int().min(1).max(255).describe("Shards of each segment, on as many miners"),
});

const fileParams = z.object({ file_id: param.hash });

/** Says which miners shall hold a file, and keeps the manifests of those that were stored. */
export function serveFiles(app: App, deps: FileRoutes): void {
  servePlacements(app, deps);
  serveManifests(app, deps);
}

function servePlacements(app: App, deps: FileRoutes): void {
  const { gate, miners, head, ttlBlocks, maxShardBytes } = deps;
  app.post(
    "/v1/storage/files",
    {
      ...authenticated(gate),
      schema: {
        summary: "Which miners shall hold the shards of a new file",
        body: NewFile,
      },
    },
    async (request) => {
      const { file_id, segments, copies } = request.body;
      const serving = await miners(AbortSignal.timeout(10_000));
      const chosen = chooseMiners([...serving.values()], fromHex(file_id), copies);
      if (chosen.length < copies) throw tooFew(chosen.length, copies);
      const placements = Array.from({ length: segments * copies }, (_, at) => ({
        segment: Math.floor(at / copies),
        index: at % copies,
        miner: chosen[at % chosen.length],
      }));
      const created = head();
      return {
        file_id,
        miners: chosen,
        placements,
        created,
        expires: created + ttlBlocks,
        max_shard_bytes: maxShardBytes,
      };
    },
  );
}

function serveManifests(app: App, deps: FileRoutes): void {
  const { gate, manifests } = deps;
  app.post(
    "/v1/storage/files/:file_id/manifest",
    {
      ...authenticated(gate),
      schema: {
        summary: "Keeps the manifest of a file whose shards are all stored",
        params: fileParams,
        body: Manifest,
      },
    },
    async (request, reply) => {
      const manifest = decodeManifest(canonicalJson(request.body), verifySr25519Fast);
      const { hotkey } = principalOf(request);
      if (manifest.owner !== hotkey || manifest.id !== request.params.file_id) {
        throw refusedManifest("its id and owner are not those of the request");
      }
      await requireStored(deps, manifest);
      const record = recordOf(manifest, deps.now());
      const isNew = await manifests.add(record);
      if (!isNew && (await manifests.get(record.fileId))?.text !== record.text) throw exists();
      return reply.status(isNew ? 201 : 200).send({ file_id: manifest.id });
    },
  );
  app.get(
    "/v1/storage/files",
    { ...authenticated(gate), schema: { summary: "Your files, newest first" } },
    async (request) => {
      const found = await manifests.ofOwner(principalOf(request).hotkey, MAX_LISTED);
      return {
        files: found.map(({ fileId, createdMs, expiresBlock }) => ({
          file_id: fileId,
          created_ms: createdMs,
          expires_block: expiresBlock,
        })),
      };
    },
  );
  app.get(
    "/v1/storage/files/:file_id",
    {
      ...authenticated(gate),
      schema: { summary: "The manifest of a file of yours", params: fileParams },
    },
    async (request, reply) => {
      const { file_id } = request.params;
      const found = await manifests.get(file_id);
      if (found === null || found.owner !== principalOf(request).hotkey) throw unknownFile(file_id);
      return reply.type("application/json; charset=utf-8").send(found.text);
    },
  );
}

/** A manifest that names what nobody signed for would promise what cannot be given back. */
async function requireStored(
  { shards, identity }: FileRoutes,
  { segments }: ManifestBody,
): Promise<void> {
  for (const shard of segments.flatMap((segment) => segment.shards)) {
    const stored = await shards.find(shard.shard_id, identity.hotkey);
    if (stored?.root === shard.root && stored.miner === shard.miner) continue;
    throw refusedManifest(`shard ${shard.shard_id} is not stored by ${shard.miner} through us`);
  }
}

function recordOf(manifest: ManifestBody, createdMs: number): ManifestRecord {
  return {
    fileId: manifest.id,
    owner: manifest.owner,
    text: canonicalJson(manifest),
    createdMs,
    expiresBlock: toBlockNumber(manifest.expires),
  };
}

const refusedManifest = (reason: string) =>
  new CodedError<ValidatorCode>("MANIFEST_REFUSED", `the manifest is not kept: ${reason}`);

const tooFew = (found: number, copies: number) =>
  new CodedError<ValidatorCode>(
    "MINERS_TOO_FEW",
    `${found} miners serve, ${copies} copies need as many: ask for fewer, or later`,
    { found, copies },
  );

const exists = () =>
  new CodedError<ValidatorCode>("FILE_EXISTS", "another manifest is kept for this file id");

const unknownFile = (fileId: string) =>
  new CodedError<ValidatorCode>("FILE_UNKNOWN", "no file of yours has this id here", { fileId });
