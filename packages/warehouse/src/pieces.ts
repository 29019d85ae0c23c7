import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { blobName } from "./archive.ts";
import { idDigest, type Numbered } from "./attempts-sql.ts";
import { quoted } from "./engine.ts";
import { warehouseError } from "./errors.ts";
import { makeRoom } from "./overflow.ts";
import type { Warehouse } from "./warehouse.ts";

/**
 * Entries in pieces whose invocations are all here while a piece is in hand: first what is here already, then as
 * much at a time as the cache holds. One piece of everything where nothing is archived.
 */
export async function* piecesOf(
  warehouse: Warehouse,
  entries: readonly Numbered[],
  signal?: AbortSignal,
): AsyncGenerator<readonly Numbered[]> {
  const { archive, files } = warehouse;
  const here = entries.filter(({ entryId }) => !isAway(warehouse, entryId));
  const away = entries.filter(({ entryId }) => isAway(warehouse, entryId));
  for (const { entryId } of here) files.used(entryId);
  if (here.length > 0) yield here;
  let piece: Numbered[] = [];
  let bytes = 0;
  for (const [at, entry] of away.entries()) {
    piece.push(entry);
    bytes += sizeOf(warehouse, entry);
    const next = away[at + 1];
    if (next !== undefined && bytes + sizeOf(warehouse, next) <= (archive?.cacheBytes ?? 0))
      continue;
    await bringHere(warehouse, piece, signal);
    yield piece;
    piece = [];
    bytes = 0;
  }
}

/** Fetches the invocations of entries that are away; all of them together, whatever the cache holds. */
export async function bringHere(
  warehouse: Warehouse,
  entries: readonly Numbered[],
  signal?: AbortSignal,
): Promise<void> {
  const away = entries.filter(({ entryId }) => isAway(warehouse, entryId));
  const bytes = away.reduce((sum, one) => sum + sizeOf(warehouse, one), 0);
  await makeRoom(warehouse, bytes, new Set(entries.map(({ entryId }) => entryId)), signal);
  for (const { entryId } of away) await fetch(warehouse, entryId, signal);
}

/**
 * Entries that may hold one of some ids: those that are here, and of those that are not the ones in whose marker
 * an id is found. `ids` is SQL with a column `id`.
 */
export async function mayHold(
  warehouse: Warehouse,
  entries: readonly Numbered[],
  column: "attempt" | "request",
  ids: string,
): Promise<readonly Numbered[]> {
  const { engine, files } = warehouse;
  const markers = new Map(
    entries.flatMap(({ entryId }) => {
      const archived = isAway(warehouse, entryId) ? files.archived(entryId) : undefined;
      return archived === undefined ? [] : [[entryId, archived.idsPath] as const];
    }),
  );
  if (markers.size === 0) return entries;
  const paths = `[${Array.from(markers.values(), quoted).join(", ")}]`;
  const found = await engine.rows(
    `SELECT DISTINCT m.filename FROM read_parquet(${paths}, filename = true) m
     SEMI JOIN (SELECT ${idDigest("id")} AS digest FROM (${ids})) w ON m.${column} = w.digest`,
  );
  const holding = new Set(found.map(({ filename }) => filename));
  return entries.filter(({ entryId }) => {
    const marker = markers.get(entryId);
    return marker === undefined || holding.has(marker);
  });
}

const sizeOf = ({ files }: Warehouse, { entryId }: Numbered): number =>
  files.archived(entryId)?.bytes ?? 0;

const isAway = ({ files }: Warehouse, entryId: string): boolean =>
  !files.isHere(entryId) && files.archived(entryId) !== undefined;

async function fetch(warehouse: Warehouse, entryId: string, signal?: AbortSignal): Promise<void> {
  const { archive, files, paths } = warehouse;
  if (archive === null) {
    const message = `the invocations of ${entryId} are in an archive, and none is configured`;
    throw warehouseError("BLOB_MISSING", message, { entryIds: [entryId] });
  }
  const draft = join(paths.temporary, `${randomUUID()}.parquet`);
  await using undo = new AsyncDisposableStack();
  undo.defer(() => rm(draft, { force: true }));
  const name = blobName(entryId, "invocations");
  if (!(await archive.blobs.getTo(name, draft, { signal }))) {
    const message = `the archive has no invocations of ${entryId}: drop the entry and load it again`;
    throw warehouseError("BLOB_MISSING", message, { entryIds: [entryId] });
  }
  await rename(draft, files.pathOf(entryId));
  await files.cameHere(entryId);
}
