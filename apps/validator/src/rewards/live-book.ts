import type { BlockNumber, Hotkey } from "@neurond/primitives";
import {
  bookAfter,
  EMPTY_BOOK,
  type MinerBook,
  settleTiers,
  statisticsOf,
  TIER_RULES,
} from "@neurond/storage-rules";
import type { ShardCatalog } from "../ports/shard-catalog.ts";
import type { MinerView } from "../storage/passing/miner-view.ts";
import type { Identity, Stores } from "../validator.ts";
import { readInterval, standingBefore } from "./standings.ts";

/** What knowing the miners as they stand takes. */
export interface LiveDeps {
  readonly identity: Pick<Identity, "hotkey">;
  readonly stores: Pick<Stores, "log" | "journal"> & { readonly shards: ShardCatalog };
  readonly workload: string;
  readonly head: () => BlockNumber;
}

/**
 * The book as it stands now: the latest standing, and what the log holds since. Tiers are evaluated
 * again where a run is longer than they may go without.
 */
export async function liveBook({ stores, workload, head }: LiveDeps): Promise<MinerBook> {
  const latest = await standingBefore(stores.journal, Number.POSITIVE_INFINITY);
  if (latest === null) return EMPTY_BOOK;
  const upTo = await stores.log.size();
  const { standing } = latest;
  const interval = await readInterval(stores.log, latest, { workload, upTo });
  const book = bookAfter(standing, interval);
  const areDue = head() - standing.tiers_block >= standing.rules.tier_blocks;
  return areDue ? settleTiers(book, TIER_RULES[standing.rules.tier_rule]) : book;
}

const FRESH_BLOCKS = 3;

/** When a miner is full. */
export interface Fullness {
  /** Bytes of which its tier must have room for more. */
  readonly roomBytes: number;
  /** Shards, however small, of which none must follow. */
  readonly maxShards: number;
}

/**
 * The miners that hold as much for us as their tier or a list of shards allows. Looked up again every
 * few blocks, so that a burst of uploads may go over a limit by what they bring.
 */
export function fullMiners(
  deps: LiveDeps,
  fullness: Fullness,
): (signal: AbortSignal) => Promise<ReadonlySet<Hotkey>> {
  let known: { readonly at: number; readonly full: Promise<ReadonlySet<Hotkey>> } | undefined;
  return async () => {
    const at = deps.head();
    if (known === undefined || at - known.at >= FRESH_BLOCKS || at < known.at) {
      const full = lookUp(deps, fullness);
      known = { at, full };
      full.catch(() => {
        known = undefined;
      });
    }
    return known.full;
  };
}

async function lookUp(
  deps: LiveDeps,
  { roomBytes, maxShards }: Fullness,
): Promise<ReadonlySet<Hotkey>> {
  const { identity, stores, head } = deps;
  const owed = await stores.shards.owed(identity.hotkey, head());
  if (owed.size === 0) return new Set();
  const book = await liveBook(deps);
  const full = [...owed].filter(([miner, { bytes, shards }]) => {
    const limit = statisticsOf(book, miner).storageLimit;
    return shards >= maxShards || bytes + BigInt(roomBytes) > limit;
  });
  return new Set(full.map(([miner]) => miner));
}

/** The miners of a view that may be given more. */
export const takers =
  (miners: MinerView, full: ReturnType<typeof fullMiners>): MinerView =>
  async (signal) => {
    const out = await full(signal);
    return new Map([...(await miners(signal))].filter(([hotkey]) => !out.has(hotkey)));
  };
