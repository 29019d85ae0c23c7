import type { Hex } from "@neurond/primitives";
import { CommitmentOf } from "../../pallets/commitments/storage.ts";
import type { StateReader } from "../../state/state.ts";

/** What each hotkey of a subnet has committed, as the bytes of its stored registration. */
export const commitmentsOf = (state: StateReader, netuid: number): [Hex, number[]][] =>
  [...CommitmentOf.entries(state, netuid)].map(([[, hotkey]]) => [
    hotkey,
    [...(state.get(CommitmentOf.key(netuid, hotkey)) ?? [])],
  ]);
