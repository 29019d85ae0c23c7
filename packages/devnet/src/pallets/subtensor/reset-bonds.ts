import type { Hex } from "@neurond/primitives";
import type { State } from "../../state/state.ts";
import { pairRow, pairsOf } from "../../yuma/pair-row.ts";
import { BondsResetOn } from "./storage/epochs.ts";
import { Uids } from "./storage/neurons.ts";
import { Bonds } from "./storage/weights.ts";
import { indicesOf } from "./weights/place.ts";

/** Where the subnet allows it, forgets what validators hold in a neuron that starts over. */
export function resetBonds(state: State, netuid: number, hotkey: Hex): void {
  const uid = Uids.get(state, netuid, hotkey);
  if (uid === undefined || !BondsResetOn.get(state, netuid)) return;
  for (const index of indicesOf(state, netuid)) {
    for (const [[, holder], row] of Bonds.entries(state, index)) {
      const others = pairsOf(row).filter(([toward]) => toward !== uid);
      if (others.length * 2 < row.length) Bonds.set(state, [index, holder], pairRow(others));
    }
  }
}
