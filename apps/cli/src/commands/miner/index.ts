import type { Action } from "../../action.ts";
import { minerHeld } from "./held.ts";
import { minerInventory } from "./inventory.ts";
import { minerStats } from "./stats.ts";

/** The commands of `neurond miner`. */
export const minerActions: readonly Action[] = [minerStats, minerInventory, minerHeld];
