import { makeRoom, removeDoomed } from "./overflow.ts";
import { settle } from "./settle.ts";
import type { Warehouse } from "./warehouse.ts";

/** Makes room for an entry that is about to be loaded. */
export async function makeRoomToLoad(
  warehouse: Warehouse,
  bytes: number,
  signal?: AbortSignal,
): Promise<void> {
  const { archive, files } = warehouse;
  if (archive === null) return;
  await removeDoomed(warehouse, signal);
  if (files.bytes + bytes <= archive.cacheBytes) return;
  await settle(warehouse);
  await makeRoom(warehouse, bytes, new Set(), signal);
}
