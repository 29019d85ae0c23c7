import { setTimeout as sleep } from "node:timers/promises";
import { isAbort } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import type { Vault } from "@neurond/s3";
import type { BlobGarbage, PostgresObjectIndex } from "@neurond/store";
import type { StorageApiMetrics } from "./metrics.ts";
import type { FoundBlob } from "./vault/directory-vault.ts";

export interface CleanDeps {
  readonly index: Pick<
    PostgresObjectIndex,
    "abandoned" | "abortUpload" | "deleteObject" | "discard" | "expired"
  >;
  readonly garbage: BlobGarbage;
  readonly vault: Vault;
  /** All blobs of a vault that can list them. */
  readonly found?: () => AsyncIterable<FoundBlob>;
  readonly metrics: Pick<StorageApiMetrics, "garbage" | "removed" | "expired">;
  readonly log: Logger;
  /** Hears how each pass ended: what fails here fails for callers, too. */
  readonly onPass: (failure: unknown) => void;
  readonly now: () => number;
}

export interface CleanRules {
  readonly everyMs: number;
  readonly uploadMs: number;
}

const BATCH = 100;
/** Whoever took a blob to remove it and died gives it back after so long. */
const LEASE_MS = 300_000;
const RETRY_MS = 60_000;
const REMOVE_MS = 60_000;
/** Between a blob's last byte and its name lie a sync and a transaction, never so long. */
const ORPHAN_MS = 3_600_000;

/** Cleans until the signal fires, once at the start; a pass that fails is made again later. */
export async function keepClean(
  deps: CleanDeps,
  rules: CleanRules,
  signal: AbortSignal,
): Promise<void> {
  let sought = false;
  while (!signal.aborted) {
    try {
      if (!sought) await discardOrphans(deps);
      sought = true;
      await cleanOnce(deps, rules, signal);
      deps.onPass(null);
    } catch (error) {
      if (isAbort(error)) return;
      deps.onPass(error);
      deps.log.warn({ error }, "cleaning is put off");
    }
    await sleep(rules.everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** One pass: expired objects, abandoned uploads, then blobs without a name. */
export async function cleanOnce(
  deps: CleanDeps,
  { uploadMs }: CleanRules,
  signal: AbortSignal,
): Promise<void> {
  const { index, garbage, metrics, now } = deps;
  for (const { bucket, key } of await index.expired(now(), BATCH)) {
    if (await index.deleteObject(bucket, key)) metrics.expired.inc({ kind: "object" });
  }
  for (const uploadId of await index.abandoned(now() - uploadMs, BATCH)) {
    if (await index.abortUpload(uploadId)) metrics.expired.inc({ kind: "upload" });
  }
  for (;;) {
    signal.throwIfAborted();
    const blobs = await garbage.take(now(), LEASE_MS, BATCH);
    for (const blob of blobs) await removeBlob(deps, blob, signal);
    if (blobs.length < BATCH) break;
  }
  metrics.garbage.set(await garbage.count());
}

async function removeBlob(
  { garbage, vault, metrics, log, now }: CleanDeps,
  blob: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await vault.remove(blob, AbortSignal.any([signal, AbortSignal.timeout(REMOVE_MS)]));
    await garbage.removed(blob);
    metrics.removed.inc({ result: "removed" });
  } catch (error) {
    signal.throwIfAborted();
    const failures = await garbage.failed(blob, now() + RETRY_MS);
    metrics.removed.inc({ result: "failed" });
    log.warn({ error, blob, failures }, "a blob could not be removed");
  }
}

/** Blobs of a crash between the vault and the index: stored, but nobody was told. */
export async function discardOrphans({
  index,
  garbage,
  found,
  log,
  now,
}: CleanDeps): Promise<number> {
  if (found === undefined) return 0;
  let orphans = 0;
  let batch: string[] = [];
  const settle = async () => {
    const unknown = await garbage.unknown(batch);
    await index.discard(unknown);
    orphans += unknown.length;
    batch = [];
  };
  for await (const { id, modifiedMs } of found()) {
    if (now() - modifiedMs < ORPHAN_MS) continue;
    batch.push(id);
    if (batch.length === 1000) await settle();
  }
  await settle();
  if (orphans > 0) log.info({ orphans }, "blobs that no object has will be removed");
  return orphans;
}
