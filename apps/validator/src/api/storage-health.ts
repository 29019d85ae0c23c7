import { type BlockNumber, CodedError, type Hex, type Hotkey } from "@neurond/primitives";
import { type App, authenticated, type Gate, principalOf } from "@neurond/runtime";
import type { LossReason, ManifestRecord } from "@neurond/store";
import { Manifest } from "@neurond/workload-storage/file";
import { z } from "zod";
import type { ValidatorCode } from "../errors.ts";
import type { ManifestStore } from "../ports/manifest-store.ts";
import type { MinerPresence } from "../ports/miner-presence.ts";
import { fileHealth, type SegmentHealth } from "../storage/upkeep/file-health.ts";
import type { Identity } from "../validator.ts";
import { param } from "./params.ts";

/** What the routes need that say how files stand. */
export interface HealthRoutes {
  readonly identity: Identity;
  readonly gate: Gate;
  readonly manifests: ManifestStore;
  readonly presence: MinerPresence;
  /** Runs in a row without one passed challenge after which a miner counts as gone. */
  readonly lostAfterRuns: number;
  readonly head: () => BlockNumber;
}

const PAGE = 100;
/** A page ends with the file in which it reaches so many segments. */
const PAGE_SEGMENTS = 5_000;

/** Says how files stand: to their owners and custodians, and to nobody else. */
export function serveHealth(app: App, deps: HealthRoutes): void {
  const { gate, manifests } = deps;
  app.get(
    "/v1/storage/files/:file_id/health",
    {
      ...authenticated(gate),
      schema: {
        summary: "How many shards of each segment of a file live, and why others do not",
        params: z.object({ file_id: param.hash }),
      },
    },
    async (request) => {
      const { file_id } = request.params;
      const { hotkey } = principalOf(request);
      const found = await manifests.get(file_id);
      if (found === null || (found.owner !== hotkey && found.custodian !== hotkey)) {
        throw new CodedError<ValidatorCode>("FILE_UNKNOWN", "no file of yours has this id here");
      }
      const [health] = await healthOf(deps, [found]);
      return { file_id, expires_block: found.expiresBlock, segments: health?.segments ?? [] };
    },
  );
  app.get(
    "/v1/storage/endangered",
    {
      ...authenticated(gate),
      schema: {
        summary: "Segments with less than all their shards, of the files that you are to repair",
        querystring: z.object({
          after: param.hash.optional().describe("`next` of the page before"),
        }),
      },
    },
    async (request) => {
      const { hotkey } = principalOf(request);
      return endangered(deps, hotkey, request.query.after ?? "");
    },
  );
}

async function endangered(deps: HealthRoutes, custodian: Hotkey, after: string) {
  const page = await deps.manifests.ofCustodian(custodian, after, PAGE);
  const head = deps.head();
  const files: { file_id: Hex; segments: readonly SegmentHealth[] }[] = [];
  let [segments, next] = [0, after];
  for (const { fileId, segments: all } of await healthOf(deps, page)) {
    next = fileId;
    const weak = all.filter(({ live, n }) => live < n);
    const isOver = (page.find((one) => one.fileId === fileId)?.expiresBlock ?? 0) <= head;
    if (weak.length > 0 && !isOver) files.push({ file_id: fileId, segments: weak });
    segments += weak.length;
    if (segments >= PAGE_SEGMENTS) return { files, next };
  }
  return { files, next: page.length < PAGE ? null : next };
}

/** How files stand now, in the order they are given in. */
async function healthOf(
  { presence, identity, lostAfterRuns, head }: HealthRoutes,
  files: readonly ManifestRecord[],
) {
  const ids = files.map(({ fileId }) => fileId as Hex);
  const when = { at: head(), badRuns: lostAfterRuns };
  const lost = new Map<Hex, LossReason>();
  for (const { shardId, reason } of await presence.lostOf(identity.hotkey, ids, when)) {
    lost.set(shardId, reason);
  }
  return files.map(({ fileId, text }) => {
    const manifest = Manifest.parse(JSON.parse(text));
    return { fileId: fileId as Hex, segments: fileHealth(manifest, lost) };
  });
}
