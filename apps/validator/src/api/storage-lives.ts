import { verifySr25519Fast } from "@neurond/crypto";
import { CodedError, canonicalJson, type Hex } from "@neurond/primitives";
import { type App, authenticated, type Gate, principalOf } from "@neurond/runtime";
import type { ManifestRecord } from "@neurond/store";
import {
  decodeManifest,
  encodeManifest,
  MAX_FILE_SHARDS,
  Manifest,
  Repair,
  roundOf,
  shardsOf,
  withRepair,
} from "@neurond/workload-storage/file";
import { z } from "zod";
import type { ValidatorCode } from "../errors.ts";
import type { ValidatorMetrics } from "../metrics.ts";
import type { ManifestCopies } from "../ports/manifest-copies.ts";
import type { ManifestStore } from "../ports/manifest-store.ts";
import type { ShardCatalog } from "../ports/shard-catalog.ts";
import { wishedBlocks } from "../storage/passing/lifetime.ts";
import { tellMiners } from "../storage/upkeep/forget-shards.ts";
import { type RenewDeps, renewFile } from "../storage/upkeep/renew-file.ts";
import { param } from "./params.ts";
import { isStored } from "./storage-files.ts";

/** What the routes need that change how long and where a file is. */
export interface LifeRoutes extends RenewDeps {
  readonly gate: Gate;
  readonly shards: ShardCatalog;
  readonly manifests: ManifestStore;
  readonly copies: ManifestCopies;
  readonly metrics: ValidatorMetrics;
}

const TELL_MS = 30_000;
const RENEW_MS = 100_000;
const params = z.object({ file_id: param.hash });
const Term = z.strictObject({ ttl_blocks: wishedBlocks.optional() });

/** Deletes, renews and repairs files. */
export function serveLives(app: App, deps: LifeRoutes): void {
  serveDeletion(app, deps);
  serveRenewal(app, deps);
  serveRepairs(app, deps);
}

function serveDeletion(app: App, deps: LifeRoutes): void {
  const { gate, lives, metrics, head } = deps;
  app.delete(
    "/v1/storage/files/:file_id",
    {
      ...authenticated(gate),
      schema: {
        summary:
          "Deletes a file of yours, the shards of an upload that came to nothing, or a copy of a manifest",
        params,
      },
    },
    async (request) => {
      const fileId = request.params.file_id as Hex;
      const { hotkey } = principalOf(request);
      const hadCopy = await deps.copies.remove(fileId, hotkey);
      if (hadCopy && (await lives.ownerOf(fileId)) !== hotkey) {
        return { file_id: fileId, freed_bytes: 0, shards_told: 0, shards_left: 0 };
      }
      await requireOwner(deps, fileId, hotkey);
      const freedBytes = await lives.remove(fileId, head());
      metrics.freedBytes.inc({ reason: "deleted" }, freedBytes);
      // From here on nobody owes it; miners that do not hear of it now do so later.
      const untold = async () => (await lives.untold(MAX_FILE_SHARDS, { fileId })).length;
      const all = await untold();
      await tellMiners(deps, { fileId }, AbortSignal.timeout(TELL_MS)).catch(() => undefined);
      const left = await untold();
      return {
        file_id: fileId,
        freed_bytes: freedBytes,
        shards_told: all - left,
        shards_left: left,
      };
    },
  );
}

function serveRenewal(app: App, deps: LifeRoutes): void {
  app.post(
    "/v1/storage/files/:file_id/renew",
    {
      ...authenticated(deps.gate),
      schema: {
        summary: "Has the miners of a file of yours promise it for another term from now on",
        params,
        body: Term.nullish(),
      },
    },
    async (request) => {
      const fileId = request.params.file_id as Hex;
      await requireOwner(deps, fileId, principalOf(request).hotkey);
      const kept = await deps.manifests.get(fileId);
      if (kept === null) throw unknownFile(fileId);
      // Shards that repairs left behind end when they would.
      const manifest = Manifest.parse(JSON.parse(kept.text));
      const current = new Set(
        manifest.segments.flatMap(({ index }) =>
          shardsOf(manifest, index).map(({ shard_id }) => shard_id),
        ),
      );
      const all = await deps.lives.shardsOf(fileId);
      const shards = all.filter(({ shardId }) => current.has(shardId));
      const { renewed, failed, ...term } = await renewFile(deps, shards, {
        ttlBlocks: request.body?.ttl_blocks,
        signal: AbortSignal.timeout(RENEW_MS),
      });
      return { file_id: fileId, ...term, renewed: renewed.length, failed: [...failed] };
    },
  );
}

function serveRepairs(app: App, deps: LifeRoutes): void {
  const { gate, manifests } = deps;
  app.post(
    "/v1/storage/files/:file_id/repairs",
    {
      ...authenticated(gate),
      schema: {
        summary: "Keeps where the shards of a segment are now; only for the custodian of the file",
        params,
        body: Repair,
      },
    },
    async (request) => {
      const fileId = request.params.file_id as Hex;
      const kept = await manifests.get(fileId);
      const { hotkey } = principalOf(request);
      if (kept === null || kept.custodian !== hotkey) throw unknownFile(fileId);
      const repair = request.body;
      if (repair.by !== hotkey) throw refused("another custodian signed it");
      await keepRepair(deps, kept, repair);
      return { file_id: fileId, segment: repair.segment, round: repair.round };
    },
  );
}

/** @throws CodedError REPAIR_REFUSED, MANIFEST_INVALID */
async function keepRepair(deps: LifeRoutes, kept: ManifestRecord, repair: Repair): Promise<void> {
  const before = Manifest.parse(JSON.parse(kept.text));
  const there = before.repairs?.find(({ segment }) => segment === repair.segment);
  if (there !== undefined && canonicalJson(there) === canonicalJson(repair)) return;
  if (repair.round !== roundOf(before, repair.segment) + 1) {
    throw refused(`round ${repair.round} does not follow on what is kept`);
  }
  const text = encodeManifest(withRepair(before, repair));
  const after = decodeManifest(text, verifySr25519Fast);
  const known = new Set(shardsOf(before, repair.segment).map(({ shard_id }) => shard_id));
  for (const shard of shardsOf(after, repair.segment)) {
    if (known.has(shard.shard_id) || (await isStored(deps.shards, deps.identity, shard))) continue;
    throw refused(`shard ${shard.shard_id} is not stored by ${shard.miner} through us`);
  }
  if (!(await deps.manifests.replace(kept, { ...kept, text }))) {
    throw refused("the manifest was replaced meanwhile");
  }
}

async function requireOwner(deps: LifeRoutes, fileId: Hex, hotkey: string): Promise<void> {
  if ((await deps.lives.ownerOf(fileId)) !== hotkey) throw unknownFile(fileId);
}

const refused = (reason: string) =>
  new CodedError<ValidatorCode>("REPAIR_REFUSED", `the repair is not kept: ${reason}`);

const unknownFile = (fileId: string) =>
  new CodedError<ValidatorCode>("FILE_UNKNOWN", "no file of yours has this id here", { fileId });
