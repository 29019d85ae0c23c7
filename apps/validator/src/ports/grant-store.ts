import type { Hex, Hotkey } from "@neurond/primitives";
import type { GrantRow, Holding, UntaggedShard } from "@neurond/store";

/** Which shards have tags for which periods. */
export interface GrantStore {
  /** Adds a grant; one that is there already stays as it is. */
  add(holding: Holding, grant: GrantRow): Promise<void>;
  /** Shards with tags for a period, of grants that a run has logged, or one before it. */
  covering(
    holding: Holding,
    at: {
      readonly periodBlocks: number;
      readonly period: number;
      readonly loggedBy: number;
    },
  ): Promise<ReadonlySet<Hex>>;
  /** Shards still owed at a block that have no tags for a period, or for their last one before it. */
  lacking(
    validator: Hotkey,
    at: {
      readonly periodBlocks: number;
      readonly period: number;
      readonly block: number;
      readonly limit: number;
      readonly except: readonly Hex[];
    },
  ): Promise<readonly UntaggedShard[]>;
  /** Forgets logged grants whose last period is over. */
  prune(
    validator: Hotkey,
    before: { readonly periodBlocks: number; readonly period: number },
  ): Promise<void>;
  /** The grants a run has to log: those no opened run did. From then on they are known as its own. */
  toLog(
    holding: Holding,
    runs: { readonly run: number; readonly logged: number },
  ): Promise<readonly string[]>;
}
