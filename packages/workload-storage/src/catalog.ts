import type { Hotkey } from "@neurond/primitives";
import type { Run } from "@neurond/workload";
import type { Beacon } from "./beacon.ts";
import type { Inventory } from "./inventory.ts";
import type { AskableHead } from "./shard-slots/askable-document.ts";
import type { GrantedRows } from "./slot-plan.ts";
import type { IndexRanges } from "./sweep/index-ranges.ts";

/** What a validator anchored about a miner before the run's beacon. */
export interface Holding {
  readonly inventory: Pick<Inventory, "count" | "total" | "hash">;
  /** The validator's signature over the inventory's digest. */
  readonly signature: Uint8Array;
  /** The link at the end of the previous run. */
  readonly prevLink: Uint8Array;
  /** The block at which the oldest shard was stored. */
  readonly oldestBlock: number;
  /** Entries whose logged grants cover the run's period; absent when there are none. */
  readonly granted?: GrantedRows & { readonly ranges: IndexRanges };
  /** By slot, what those that ask about one shard may ask about; absent when there is none. */
  readonly askable?: ReadonlyMap<number, AskableHead>;
}

/** Who holds what. A snapshot taken before sampling: the same run must always give the same. */
export interface StorageCatalog {
  /** The run's beacon; its digest is the run's seed. */
  beaconOf(run: Run): Beacon;
  /** Null when the miner holds nothing, for there is nothing to ask then. */
  holdingOf(run: Run, miner: Hotkey): Holding | null;
}
