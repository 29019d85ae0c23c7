import { randomUUID } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { moveWhole } from "@neurond/files";
import { isCoded } from "@neurond/primitives";
import { archiveAll, removeArchive } from "./archive.ts";
import { idDigest } from "./attempts-sql.ts";
import { text } from "./cells.ts";
import { quoted } from "./engine.ts";
import { explained } from "./errors.ts";
import type { Warehouse } from "./warehouse.ts";

// A window larger than its share of the disk: of entries whose sums are made, invocations that were not used
// for longest go to the archive, and come back when a question needs them. All of it within a turn.

/** Makes room for so many bytes more. Entries in `keep` stay, and those whose sums are still to be made. */
export async function makeRoom(
  warehouse: Warehouse,
  bytes: number,
  keep: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<void> {
  const { archive, files } = warehouse;
  if (archive === null || files.bytes + bytes <= archive.cacheBytes) return;
  const fresh = await warehouse.engine.rows("SELECT entry_id FROM entries WHERE NOT is_settled");
  const stays = keep.union(new Set(fresh.map((row) => text(row, "entry_id"))));
  for (const entryId of files.byAge()) {
    if (files.bytes + bytes <= archive.cacheBytes) break;
    if (stays.has(entryId)) continue;
    if (files.archived(entryId) === undefined) await writeAway(warehouse, entryId, signal);
    await files.leave(entryId);
  }
}

/** Removes archives of entries that were dropped; what cannot be removed now is tried again with the next load. */
export async function removeDoomed(warehouse: Warehouse, signal?: AbortSignal): Promise<void> {
  const { archive, files } = warehouse;
  if (archive === null) return;
  for (const entryId of await files.doomed()) {
    try {
      await removeArchive(entryId, archive.blobs, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (isCoded(error)) return;
      throw error;
    }
    await files.spare(entryId);
  }
}

/** Copies an entry to the archive; its marker goes last, so that whoever has one can let the file go. */
async function writeAway(
  warehouse: Warehouse,
  entryId: string,
  signal?: AbortSignal,
): Promise<void> {
  const { archive, engine, files, paths } = warehouse;
  if (archive === null) return;
  await files.spare(entryId);
  await archiveAll(warehouse, entryId, archive.blobs, signal);
  const path = files.pathOf(entryId);
  const { size: bytes } = await stat(path);
  const draft = join(paths.temporary, `${randomUUID()}.parquet`);
  const idsPath = files.markerOf(entryId, bytes);
  await using undo = new AsyncDisposableStack();
  undo.defer(() => rm(draft, { force: true }));
  await engine.run(`COPY (SELECT ${idDigest("invocation_id")} AS attempt,
      ${idDigest("parent_invocation_id")} AS request FROM read_parquet(${quoted(path)}))
    TO ${quoted(draft)} (FORMAT parquet)`);
  try {
    await moveWhole(draft, idsPath);
  } catch (error) {
    throw explained(error, "WAREHOUSE_DIRECTORY_UNUSABLE", `${idsPath} cannot be written`);
  }
  files.wasArchived(entryId, { bytes, idsPath });
}
