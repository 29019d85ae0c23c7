import type { Hotkey, Uid } from "@neurond/primitives";
import {
  candidateUids,
  drawBlock,
  type Purpose,
  recordSelection,
  type SelectionRecord,
} from "@neurond/storage-rules";
import { servingNeurons } from "../discovery/serving-neurons.ts";
import type { ServingMiner } from "../storage/passing/miner-view.ts";
import type { JobParts } from "./job-parts.ts";

/** Miners that were drawn, in the order of the draw, and the neurons of the subnet by hotkey. */
export interface Drawn {
  readonly miners: readonly ServingMiner[];
  readonly uids: ReadonlyMap<Hotkey, Uid>;
  readonly record: SelectionRecord;
}

/**
 * Draws miners for a purpose from the hash of the round's first block, once that is final, and keeps
 * the draw in the event log, where anybody can do it again. Null when nobody can be drawn.
 */
export async function drawMiners(
  { validator, config, events }: JobParts,
  wanted: { readonly purpose: Purpose; readonly count: number; readonly excluded?: readonly Uid[] },
  signal: AbortSignal,
): Promise<Drawn | null> {
  const { chain, identity, discovery } = validator;
  const { netuid } = identity;
  const blocksPerStep = config["neuron.blocks_per_step"];
  const { number: final } = await chain.head({ at: "finalized", signal });
  const at = drawBlock(final, blocksPerStep);
  const { blockHash, neurons } = await chain.metagraph({ netuid }, { at, signal });
  const own = neurons.flatMap(({ uid, hotkey }) => (hotkey === identity.hotkey ? [uid] : []));
  const excluded = [...new Set([...own, ...(wanted.excluded ?? [])])];
  const vpermitLimit = config["neuron.vpermit_tao_limit"];
  const candidates = candidateUids(neurons, { vpermitLimit, excluded });
  const count = wanted.count === 0 ? candidates.length : Math.min(wanted.count, candidates.length);
  if (count === 0) return null;
  const record = recordSelection(
    {
      rule: config["neuron.uid_selection"],
      netuid,
      block: at,
      blockHash,
      purpose: wanted.purpose,
      candidates,
      count,
    },
    { blocksPerStep, excluded },
  );
  await events?.append(record);
  const hotkeys = new Map(neurons.map(({ uid, hotkey }) => [uid as number, hotkey]));
  const serving = await servingNeurons({ chain, identity, discovery }, signal);
  const byHotkey = new Map(serving.map((neuron) => [neuron.hotkey, neuron]));
  const miners = record.uids.flatMap((uid) => {
    const neuron = byHotkey.get(hotkeys.get(uid) as Hotkey);
    if (neuron === undefined || neuron.url === null) return [];
    return [{ hotkey: neuron.hotkey, coldkey: neuron.coldkey, url: neuron.url }];
  });
  return { miners, uids: new Map(neurons.map(({ hotkey, uid }) => [hotkey, uid])), record };
}
