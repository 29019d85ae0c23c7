import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { BlobStore } from "@neurond/blob-store";
import { isCoded } from "@neurond/primitives";
import { number } from "./cells.ts";
import { quoted } from "./engine.ts";
import { warehouseError } from "./errors.ts";
import { isUuid } from "./rows.ts";
import { invocationsFile, type Warehouse } from "./warehouse.ts";

/** Tables that an archive holds beside the invocations; sums are made anew where it is restored. */
const TABLES = ["reports", "jobs", "instances", "history", "miner_metrics", "entries"] as const;
const PARQUET = "(FORMAT parquet, COMPRESSION zstd)";

/**
 * Copies a loaded entry to object storage, one Parquet file per table. The file of `entries` goes last,
 * so that an archive which has it is whole.
 */
export async function archiveEntry(
  warehouse: Warehouse,
  entryId: string,
  blobs: BlobStore,
  signal?: AbortSignal,
): Promise<void> {
  const archive = () => archiveAll(warehouse, entryId, blobs, signal);
  await warehouse.engine.exclusive(archive, signal);
}

/** As `archiveEntry`, within a turn. */
export async function archiveAll(
  warehouse: Warehouse,
  entryId: string,
  blobs: BlobStore,
  signal?: AbortSignal,
): Promise<void> {
  const { engine, paths } = warehouse;
  const [entry] = await engine.rows(
    "SELECT seq, invocation_rows IS NOT NULL AS has_file FROM entries WHERE entry_id = $entryId",
    { entryId },
  );
  if (entry === undefined) throw warehouseError("ENTRY_INVALID", `${entryId} is not loaded`);
  if (entry["has_file"] === true) {
    const name = blobName(entryId, "invocations");
    await blobs.put(name, invocationsFile(warehouse, entryId), { signal });
  }
  const seq = number(entry, "seq");
  for (const table of TABLES) {
    const path = join(paths.temporary, `${randomUUID()}.parquet`);
    await using undo = new AsyncDisposableStack();
    undo.defer(() => rm(path, { force: true }));
    await engine.run(`COPY (SELECT * EXCLUDE (seq) FROM ${table} WHERE seq = ${seq})
      TO ${quoted(path)} ${PARQUET}`);
    await blobs.put(blobName(entryId, table), path, { signal });
  }
}

/** Removes an entry from object storage; what says that it is whole goes first. */
export async function removeArchive(
  entryId: string,
  blobs: BlobStore,
  signal?: AbortSignal,
): Promise<void> {
  for (const table of ["entries", ...TABLES, "invocations"])
    await blobs.remove(blobName(entryId, table), { signal });
}

/**
 * Loads an entry from object storage, without its CSVs and so without their digests: only from a storage
 * that is trusted like the local disk. False when it is not there or loaded already.
 */
export async function restoreEntry(
  warehouse: Warehouse,
  entryId: string,
  blobs: BlobStore,
  signal?: AbortSignal,
): Promise<boolean> {
  const { engine, paths } = warehouse;
  if (!isUuid(entryId) || (await blobs.stat(blobName(entryId, "entries"), { signal })) === null)
    return false;
  return await engine.exclusive(async () => {
    const known = await engine.rows("SELECT seq FROM entries WHERE entry_id = $entryId", {
      entryId,
    });
    if (known.length > 0) return false;
    await using undo = new AsyncDisposableStack();
    const fetched = async (table: string) => {
      const path = join(paths.temporary, `${randomUUID()}.parquet`);
      undo.defer(() => rm(path, { force: true }));
      return (await blobs.getTo(blobName(entryId, table), path, { signal })) ? path : null;
    };
    const file = invocationsFile(warehouse, entryId);
    const invocations = await fetched("invocations");
    await engine.transaction(async () => {
      const [numbered] = await engine.rows("SELECT nextval('entry_numbers') AS seq");
      const seq = numbered === undefined ? 0 : number(numbered, "seq");
      for (const table of TABLES) {
        const path = await fetched(table);
        if (path === null) {
          throw warehouseError("BLOB_MISSING", `the archive of ${entryId} has no ${table}`, {
            table,
          });
        }
        await insert(warehouse, table, path, seq, entryId);
      }
      await engine.run("UPDATE entries SET is_settled = false WHERE seq = $seq", { seq });
      await moveChecked(warehouse, invocations, file, seq);
    });
    if (invocations !== null) await warehouse.files.cameHere(entryId);
    return true;
  }, signal);
}

async function insert(
  { engine }: Warehouse,
  table: string,
  path: string,
  seq: number,
  entryId: string,
): Promise<void> {
  try {
    await engine.run(
      `INSERT INTO ${table} BY NAME SELECT $seq AS seq, * FROM read_parquet(${quoted(path)})`,
      {
        seq,
      },
    );
  } catch (error) {
    if (!isCoded(error, "WAREHOUSE_FAILED")) throw error;
    throw warehouseError(
      "ENTRY_CORRUPT",
      `cannot read the ${table} of the archive of ${entryId}`,
      {
        entryIds: [entryId],
      },
      error,
    );
  }
}

/** The archive's own word for whether there are invocations, and how many, must hold. */
async function moveChecked(
  { engine }: Warehouse,
  from: string | null,
  to: string,
  seq: number,
): Promise<void> {
  const count = from === null ? "NULL" : `(SELECT count(*) FROM read_parquet(${quoted(from)}))`;
  const [checked] = await engine.rows(
    `SELECT count(*) AS same FROM entries WHERE seq = $seq AND invocation_rows IS NOT DISTINCT FROM ${count}`,
    { seq },
  );
  if (checked === undefined || number(checked, "same") !== 1) {
    throw warehouseError("BLOB_MISSING", "the archive lacks invocations, or some of them");
  }
  if (from !== null) await rename(from, to);
}

/** The name of one table of an entry. */
export const blobName = (entryId: string, table: string) => `entries/${entryId}/${table}.parquet`;
