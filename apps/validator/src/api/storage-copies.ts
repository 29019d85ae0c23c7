import { verifySr25519Fast } from "@neurond/crypto";
import { type BlockNumber, CodedError, canonicalJson, toBlockNumber } from "@neurond/primitives";
import { type App, authenticated, type Gate, principalOf } from "@neurond/runtime";
import {
  custodianOf,
  decodeManifest,
  encodeManifest,
  MAX_MANIFEST_BYTES,
  Manifest,
  newestManifest,
} from "@neurond/workload-storage/file";
import { z } from "zod";
import type { ValidatorCode } from "../errors.ts";
import type { ManifestCopies } from "../ports/manifest-copies.ts";
import type { ManifestStore } from "../ports/manifest-store.ts";
import { param } from "./params.ts";

/** What keeping copies of manifests needs. */
export interface CopyRoutes {
  readonly gate: Gate;
  readonly manifests: ManifestStore;
  readonly copies: ManifestCopies;
  /** All copies together take no more; 0: none are kept. */
  readonly copyBytes: number;
  /** Blocks for which a copy is kept at most; it is sent again when its file is renewed. */
  readonly ttlBlocks: number;
  readonly head: () => BlockNumber;
  readonly now: () => number;
}

/**
 * Keeps manifests of files that were stored through other validators, so that a file is found, and its
 * shards are asked for, while its own validator is away. Signatures say whose it is and how new; that
 * its shards are stored, nobody here can say.
 */
export function serveCopies(app: App, deps: CopyRoutes): void {
  app.put(
    "/v1/storage/copies/:file_id",
    {
      ...authenticated(deps.gate),
      schema: {
        summary: "Keeps a copy of the manifest of a file that you own or repair, stored elsewhere",
        params: z.object({ file_id: param.hash }),
        body: Manifest,
      },
      bodyLimit: MAX_MANIFEST_BYTES,
    },
    async (request) => {
      const manifest = decodeManifest(canonicalJson(request.body), verifySr25519Fast);
      const { hotkey } = principalOf(request);
      const custodian = custodianOf(manifest);
      if (manifest.id !== request.params.file_id) throw refused("its id is not the path's");
      if (hotkey !== manifest.owner && hotkey !== custodian) throw refused("it is not yours");
      if (manifest.expires <= deps.head()) throw refused("its time is over");
      const kept = await keepCopy(deps, manifest);
      return { file_id: kept.id, revision: kept.revision };
    },
  );
}

async function keepCopy(deps: CopyRoutes, manifest: Manifest): Promise<Manifest> {
  const { manifests, copies, copyBytes, ttlBlocks, head, now } = deps;
  const { id: fileId, owner } = manifest;
  // What is stored through us is kept already, with more known of it.
  if ((await manifests.get(fileId))?.owner === owner) return manifest;
  const before = (await copies.of(fileId)).find((one) => one.owner === owner) ?? null;
  const newest =
    before === null ? manifest : newestManifest(Manifest.parse(JSON.parse(before.text)), manifest);
  const record = {
    ...{ fileId, owner, custodian: custodianOf(newest), text: encodeManifest(newest) },
    createdMs: before?.createdMs ?? now(),
    expiresBlock: toBlockNumber(Math.min(newest.expires, head() + ttlBlocks)),
  };
  if (await copies.keep(before, record, copyBytes)) return newest;
  throw new CodedError<ValidatorCode>(
    "COPIES_FULL",
    "the copy is not kept: there is no room, or another came at the same time",
    { fileId },
  );
}

const refused = (reason: string) =>
  new CodedError<ValidatorCode>("MANIFEST_REFUSED", `the copy is not kept: ${reason}`);
