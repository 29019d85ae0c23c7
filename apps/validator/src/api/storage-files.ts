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
import {
  custodianOf,
  decodeManifest,
  MAX_MANIFEST_BYTES,
  Manifest,
  type Manifest as ManifestBody,
  type ManifestShard,
  roundOf,
} from "@neurond/workload-storage/file";
import { z } from "zod";
import type { ValidatorCode } from "../errors.ts";
import type { FileLives } from "../ports/file-lives.ts";
import type { ManifestCopies } from "../ports/manifest-copies.ts";
import type { ManifestStore } from "../ports/manifest-store.ts";
import type { ShardCatalog } from "../ports/shard-catalog.ts";
import { chooseMiners, networkOf } from "../storage/passing/choose-miners.ts";
import { findManifest } from "../storage/passing/find-manifest.ts";
import { lifetimeOf, wishedBlocks } from "../storage/passing/lifetime.ts";
import { readGrantQuery } from "../storage/passing/may-read.ts";
import type { MinerView } from "../storage/passing/miner-view.ts";
import type { Identity } from "../validator.ts";
import { param } from "./params.ts";

/** What the routes for files need. */
export interface FileRoutes {
  readonly identity: Identity;
  readonly gate: Gate;
  readonly miners: MinerView;
  /** Those that may be given more; all when absent. */
  readonly takers?: MinerView;
  readonly shards: ShardCatalog;
  readonly manifests: ManifestStore;
  readonly copies: ManifestCopies;
  readonly lives: FileLives;
  readonly ttlBlocks: number;
  readonly maxShardBytes: number;
  readonly head: () => BlockNumber;
  readonly now: () => number;
}

const LOOK_MS = 10_000;
const MAX_LISTED = 1_000;
const MAX_SHARDS = 255;

const ShardsToPlace = z.strictObject({
  file_id: param.hash.describe("32 random bytes, others for every version of a file"),
  segment: param.index,
  shards: z.int().min(1).max(MAX_SHARDS).describe("How many of the segment, each for a miner"),
  avoid: z
    .array(Manifest.shape.owner)
    .max(2 * MAX_SHARDS)
    .default([])
    .describe("Miners that have a part in the segment, or failed to take it"),
  ttl_blocks: wishedBlocks.optional(),
});

const fileParams = z.object({ file_id: param.hash });

/** Says which miners shall hold a file, and keeps the manifests of those that were stored. */
export function serveFiles(app: App, deps: FileRoutes): void {
  servePlacements(app, deps);
  serveManifests(app, deps);
}

function servePlacements(app: App, deps: FileRoutes): void {
  const { gate, miners, takers = miners, head, ttlBlocks, maxShardBytes } = deps;
  app.get(
    "/v1/storage/miners",
    { ...authenticated(gate), schema: { summary: "How many miners would take shards now" } },
    async () => {
      const serving = [...(await takers(AbortSignal.timeout(LOOK_MS))).values()];
      return {
        serving: serving.length,
        coldkeys: new Set(serving.map(({ coldkey }) => coldkey)).size,
        networks: new Set(serving.map(({ url }) => networkOf(url))).size,
      };
    },
  );
  app.post(
    "/v1/storage/files",
    {
      ...authenticated(gate),
      schema: {
        summary: "Which miners shall hold the shards of a segment of a new file",
        body: ShardsToPlace,
      },
    },
    async (request) => {
      const { file_id, segment, shards, avoid, ttl_blocks } = request.body;
      const serving = [...(await takers(AbortSignal.timeout(LOOK_MS))).values()];
      const wanted = { fileId: fromHex(file_id), segment, shards, avoid };
      const chosen = chooseMiners(serving, wanted);
      if (chosen.miners.length < shards) throw tooFew(chosen.miners.length, shards);
      const created = head();
      return {
        file_id,
        segment,
        ...chosen,
        created,
        expires: created + lifetimeOf(ttl_blocks, ttlBlocks),
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
        summary: "Keeps the manifest of a file whose shards are stored; a higher revision replaces",
        params: fileParams,
        body: Manifest,
      },
      bodyLimit: MAX_MANIFEST_BYTES,
    },
    async (request, reply) => {
      const manifest = decodeManifest(canonicalJson(request.body), verifySr25519Fast);
      const { hotkey } = principalOf(request);
      if (manifest.owner !== hotkey || manifest.id !== request.params.file_id || manifest.repairs) {
        throw refusedManifest(
          "its id and owner are not those of the request, or repairs are in it",
        );
      }
      if ((await deps.lives.claim(manifest.id, hotkey, deps.head())) !== hotkey) throw exists();
      await requireStored(deps, manifest);
      const record = recordOf(manifest, deps.now());
      const isNew = await manifests.add(record);
      if (!isNew) await replaceKept(manifests, manifest, record);
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
      schema: {
        summary: "The manifest of a file you own, repair, or were granted to read",
        params: fileParams,
        querystring: readGrantQuery,
      },
    },
    async (request, reply) => {
      const { file_id } = request.params;
      const { hotkey } = principalOf(request);
      const found = await findManifest(deps, file_id, { hotkey, grant: request.query.grant });
      if (found === null) throw unknownFile(file_id);
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
    if (await isStored(shards, identity, shard)) continue;
    throw refusedManifest(`shard ${shard.shard_id} is not stored by ${shard.miner} through us`);
  }
}

/** Whether both sides signed for a shard as a manifest lists it. */
export async function isStored(
  shards: ShardCatalog,
  identity: Pick<Identity, "hotkey">,
  { shard_id, root, miner }: ManifestShard,
): Promise<boolean> {
  const stored = await shards.find(shard_id, identity.hotkey);
  return stored?.root === root && stored.miner === miner;
}

/**
 * The owner shares a file, or boxes it anew, by another revision of its manifest. One that was signed
 * before a repair would bring lost shards back into it: it has to take the repair in.
 */
async function replaceKept(
  manifests: ManifestStore,
  manifest: ManifestBody,
  record: ManifestRecord,
): Promise<void> {
  const { owner, revision } = manifest;
  const kept = await manifests.get(record.fileId);
  if (kept?.text === record.text) return;
  const before = kept && Manifest.parse(JSON.parse(kept.text));
  const isNext = before?.owner === owner && before.revision < revision;
  const isBehind = before?.repairs?.some(
    ({ segment, round }) => roundOf(manifest, segment) < round,
  );
  if (!kept || !isNext || isBehind || !(await manifests.replace(kept, record))) throw exists();
}

function recordOf(manifest: ManifestBody, createdMs: number): ManifestRecord {
  return {
    fileId: manifest.id,
    owner: manifest.owner,
    custodian: custodianOf(manifest),
    text: canonicalJson(manifest),
    createdMs,
    expiresBlock: toBlockNumber(manifest.expires),
  };
}

const refusedManifest = (reason: string) =>
  new CodedError<ValidatorCode>("MANIFEST_REFUSED", `the manifest is not kept: ${reason}`);

const tooFew = (found: number, shards: number) =>
  new CodedError<ValidatorCode>(
    "MINERS_TOO_FEW",
    `${found} miners serve, ${shards} shards need as many: ask for fewer, or later`,
    { found, shards },
  );

const exists = () =>
  new CodedError<ValidatorCode>(
    "FILE_EXISTS",
    "another manifest is kept for this file id, of the same or a higher revision, or with later repairs",
  );

const unknownFile = (fileId: string) =>
  new CodedError<ValidatorCode>("FILE_UNKNOWN", "no file of yours has this id here", { fileId });
