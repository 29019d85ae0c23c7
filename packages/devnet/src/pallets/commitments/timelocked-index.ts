import type { Hex } from "@neurond/primitives";
import type { State } from "../../state/state.ts";
import { TimelockedIndex } from "./storage.ts";
import type { Data } from "./types.ts";

/** A field the chain will open itself. */
export type Timelocked = Extract<Data, { tag: "TimelockEncrypted" }>;

export const isTimelocked = (field: Data): field is Timelocked => field.tag === "TimelockEncrypted";

/** Adds or removes an account; the set stays in order, as a `BTreeSet` does. */
export function indexTimelocked(state: State, netuid: number, who: Hex, has: boolean): void {
  const index = TimelockedIndex.get(state);
  const others = index.filter(([on, account]) => on !== netuid || account !== who);
  if (!has && others.length === index.length) return;
  const next: [number, Hex][] = has ? [...others, [netuid, who]] : others;
  next.sort(([a, x], [b, y]) => a - b || (x < y ? -1 : 1));
  TimelockedIndex.set(state, [], next);
}
