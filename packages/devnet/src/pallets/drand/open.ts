import { timelockDecrypt } from "@neurond/crypto";
import { isCoded } from "@neurond/primitives";
import type { StateReader } from "../../state/state.ts";
import { Pulses } from "./storage.ts";

/**
 * Opens what was encrypted for a round: "early" while the round's pulse is not stored, undefined
 * when it can never be opened.
 */
export function openTimelock(
  state: StateReader,
  ciphertext: Uint8Array,
  round: bigint,
): Uint8Array | "early" | undefined {
  const pulse = Pulses.get(state, round);
  if (!pulse) return "early";
  try {
    return timelockDecrypt(ciphertext, pulse.signature);
  } catch (error) {
    if (isCoded(error)) return undefined;
    throw error;
  }
}
