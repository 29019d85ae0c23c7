import type { Mecid } from "@neurond/primitives";
import { toBlockNumber, toHex } from "@neurond/primitives";
import { blake2b } from "@noble/hashes/blake2.js";
import { asBigint, asBlockNumber, asBytes, asList, asNumber } from "../codec/value.ts";
import type { NeuronId } from "../neuron.ts";
import type { State } from "../state.ts";
import type { PendingCommit } from "../weights.ts";
import { indexOf } from "./weights.ts";

/** A hotkey's weight commits that wait for their reveal, oldest first. */
export async function readPendingCommits(
  state: State,
  id: NeuronId & { readonly mecid?: Mecid },
): Promise<readonly PendingCommit[]> {
  const index = indexOf(id);
  const [hashed, timelocked] = await Promise.all([
    readHashed(state, index, id.hotkey),
    readTimelocked(state, index, id.hotkey),
  ]);
  return [...hashed, ...timelocked].sort((a, b) => a.block - b.block);
}

/** Rows are (hash, epoch, block, 0); before 2026 (hash, block, first and last reveal block). */
async function readHashed(
  state: State,
  index: number,
  hotkey: string,
): Promise<readonly PendingCommit[]> {
  const rows = await state.find("SubtensorModule", "WeightCommits", index, hotkey);
  const countsEpochs = state.has("SubtensorModule", "SubnetEpochIndex");
  return asList(rows ?? []).map((row) => {
    const [hash, first, second] = asList(row);
    const block = asNumber(countsEpochs ? second : first);
    return {
      kind: "hash",
      block: toBlockNumber(block),
      hash: toHex(asBytes(hash)),
      round: undefined,
      epoch: countsEpochs ? asBigint(first) : 0n,
    };
  });
}

/** Kept by epoch, all hotkeys together. */
async function readTimelocked(
  state: State,
  index: number,
  hotkey: string,
): Promise<readonly PendingCommit[]> {
  if (!state.has("SubtensorModule", "TimelockedWeightCommits")) return [];
  const epochs = await state.entries("SubtensorModule", "TimelockedWeightCommits", index);
  return epochs.flatMap(({ keys, value }) =>
    asList(value)
      .map(asList)
      .filter(([who]) => who === hotkey)
      .map(([, block, ciphertext, round]) => ({
        kind: "timelocked" as const,
        block: asBlockNumber(block),
        hash: toHex(blake2b(asBytes(ciphertext), { dkLen: 32 })),
        round: asBigint(round),
        epoch: asBigint(keys[1]),
      })),
  );
}
