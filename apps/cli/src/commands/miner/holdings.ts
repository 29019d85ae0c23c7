import { verifySr25519Fast } from "@neurond/crypto";
import { attachBodies, bodiesOf, type Document, type Json } from "@neurond/ledger";
import { fromHex, type Hotkey, isCoded, toHex, toNetuid } from "@neurond/primitives";
import {
  DOCUMENT,
  EntryList,
  InventoryBody,
  InventoryTree,
  inventoryOf,
  isInventorySigned,
} from "@neurond/workload-storage";
import type { PublicRecord } from "./read-record.ts";

const MAX_LIST_BYTES = 268_435_456;

/** What a miner held for a validator when a run began. */
export interface Holdings {
  readonly run: number;
  readonly shards: EntryList;
  readonly bytes: number;
  /** Whether the list hashes to what the validator signed. */
  readonly isSigned: boolean;
}

/** The latest inventory of each miner in a record; `only` one miner's where it is given. */
export async function holdingsIn(
  { client, entries }: Pick<PublicRecord, "client" | "entries">,
  only?: Hotkey,
): Promise<ReadonlyMap<Hotkey, Holdings>> {
  const latest = new Map<Hotkey, Document>();
  for (const entry of entries) {
    if (entry.kind !== "document" || entry.type !== DOCUMENT.inventory) continue;
    if (entry.miner !== null && (only ?? entry.miner) === entry.miner)
      latest.set(entry.miner, entry);
  }
  const found = new Map<Hotkey, Holdings>();
  for (const [miner, document] of latest) {
    const held = await read(client, document, miner);
    if (held !== null) found.set(miner, held);
  }
  return found;
}

/** Long lists stand apart from the log, by their hash, and are forgotten in time. */
async function read(
  client: PublicRecord["client"],
  { netuid, validator, body }: Document,
  miner: Hotkey,
): Promise<Holdings | null> {
  const bodies = new Map<string, Uint8Array>();
  for (const hash of bodiesOf(body as Json)) {
    const bytes = await client.body(hash, MAX_LIST_BYTES);
    if (bytes !== null) bodies.set(hash, bytes);
  }
  const attached = attachBodies(body as Json, (hash) => bodies.get(hash));
  const parsed = InventoryBody.safeParse(attached.ok ? attached.value : null);
  if (!parsed.success) return null;
  const { run, hash, signature, entries } = parsed.data;
  try {
    const shards = EntryList.decode(fromHex(entries));
    const tree = new InventoryTree(shards);
    const inventory = inventoryOf({ netuid: toNetuid(netuid), validator, miner }, run, tree);
    const isSigned =
      toHex(tree.hash) === hash &&
      isInventorySigned(inventory, fromHex(signature), verifySr25519Fast);
    let bytes = 0;
    for (const { size } of shards) bytes += size;
    return { run, shards, bytes, isSigned };
  } catch (error) {
    if (isCoded(error, "INVENTORY_INVALID")) return null;
    throw error;
  }
}
