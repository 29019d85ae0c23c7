import { decodeWeightsPayload, type WeightsPayload } from "@neurond/crypto";
import { type Hex, isCoded, toHex } from "@neurond/primitives";
import { type BlockContext, DispatchFailure } from "../../../frame/dispatch.ts";
import { openTimelock } from "../../drand/open.ts";
import { events } from "../events.ts";
import { TimelockedWeightCommits } from "../storage/weights.ts";
import type { TimelockedCommit } from "../types.ts";
import { revealEpoch } from "../weights/commit-queue.ts";
import { indicesOf, type Place } from "../weights/place.ts";
import { storeWeights } from "../weights/store.ts";

/**
 * Reveals a subnet's timelocked commits whose epoch has come. While a pulse is missing the commit is
 * tried again in every block of that epoch; commits of earlier epochs are lost.
 */
export function revealTimelocked(context: BlockContext, netuid: number): void {
  const { state, block } = context;
  const epoch = revealEpoch(state, netuid, block);
  indicesOf(state, netuid).forEach((index, mecid) => {
    for (const [[, committed], commits] of TimelockedWeightCommits.entries(state, index)) {
      if (committed > epoch) continue;
      const early =
        committed < epoch
          ? []
          : commits.filter((commit) => !reveal(context, { netuid, mecid }, index, commit));
      if (early.length === commits.length) continue;
      if (early.length > 0) TimelockedWeightCommits.set(state, [index, committed], early);
      else TimelockedWeightCommits.remove(state, index, committed);
    }
  });
}

/** Whether the commit is done with: revealed, or of no use. */
function reveal(
  context: BlockContext,
  place: Place,
  index: number,
  [hotkey, , ciphertext, round]: TimelockedCommit,
): boolean {
  const plaintext = openTimelock(context.state, ciphertext, round);
  if (plaintext === "early") return false;
  const payload = plaintext && payloadFor(hotkey, plaintext);
  if (!payload) return true;
  try {
    context.state.transact(() => storeWeights(context, hotkey, { ...place, ...payload }));
    context.emit(events.TimelockedWeightsRevealed(index, hotkey));
  } catch (error) {
    // Weights that break a rule by now (no permit, no uid) vanish; the runtime only logs it.
    if (!(error instanceof DispatchFailure)) throw error;
  }
  return true;
}

/** The payload, unless it is none or repeats somebody else's ciphertext. */
function payloadFor(hotkey: Hex, plaintext: Uint8Array): WeightsPayload | undefined {
  try {
    const payload = decodeWeightsPayload(plaintext);
    const { publicKey } = payload;
    return publicKey && toHex(publicKey) !== hotkey ? undefined : payload;
  } catch (error) {
    if (isCoded(error)) return undefined;
    throw error;
  }
}
