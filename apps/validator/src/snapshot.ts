import { axonUrl, type Chain } from "@neurond/chain";
import type { Netuid } from "@neurond/primitives";
import type { RunJournal, SnapshotNeuron } from "./ports/run-journal.ts";
import type { RunTimes } from "./run-plan.ts";

/**
 * Keeps the subnet as it stood at the block in which a run closed: every validator reads the same
 * block, so all weigh with the same stakes. Later the state may be pruned.
 */
export async function takeSnapshot(
  deps: { readonly chain: Chain; readonly journal: RunJournal },
  run: RunTimes,
  subnet: { readonly netuid: Netuid; readonly allowPrivate: boolean },
  signal: AbortSignal,
): Promise<void> {
  const metagraph = await deps.chain.metagraph(
    { netuid: subnet.netuid },
    { at: run.close, signal },
  );
  const neurons = metagraph.neurons.map(
    (neuron): SnapshotNeuron => ({
      uid: neuron.uid,
      hotkey: neuron.hotkey,
      coldkey: neuron.coldkey,
      stakeRao: neuron.totalStake.toString(),
      validatorPermit: neuron.validatorPermit,
      url: axonUrl(neuron.axon, subnet.allowPrivate),
    }),
  );
  await deps.journal.write(run.index, "snapshot", { block: run.close, neurons });
}

/** Rows of a snapshot as consensus reads them. */
export function electorsOf(neurons: readonly SnapshotNeuron[]) {
  return neurons.map(({ uid, hotkey, validatorPermit, stakeRao }) => {
    return { uid, hotkey, validatorPermit, stakeRao: BigInt(stakeRao) };
  });
}
