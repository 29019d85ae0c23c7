import type { Chain } from "@neurond/chain";
import { minersOf } from "@neurond/consensus";
import type { Hotkey } from "@neurond/primitives";
import { type ServingDeps, servingNeurons } from "../../discovery/serving-neurons.ts";
import type { Candidate } from "./choose-miners.ts";

/** A miner that says where it serves. */
export interface ServingMiner extends Candidate {
  readonly url: string;
}

/** Miners by hotkey. */
export type MinerView = (signal: AbortSignal) => Promise<ReadonlyMap<Hotkey, ServingMiner>>;

const FRESH_MS = 12_000;

/** The subnet's miners that serve, read anew once per block time however often it is asked. */
export function minerView(
  deps: ServingDeps & { readonly chain: Pick<Chain, "status"> },
  minStakeRao: bigint,
): MinerView {
  let known: ReadonlyMap<Hotkey, ServingMiner> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  let head = -1;
  return async (signal) => {
    const best = deps.chain.status().best?.number ?? -1;
    if (performance.now() - readAt < FRESH_MS && best === head) return known;
    const neurons = await servingNeurons(deps, signal);
    const electors = neurons.map((neuron) => ({ ...neuron, stakeRao: neuron.totalStake }));
    const miners = new Set(minersOf(electors, minStakeRao));
    known = new Map(
      neurons.flatMap(({ hotkey, coldkey, url }) => {
        if (!miners.has(hotkey) || url === null) return [];
        return [[hotkey, { hotkey, coldkey, url }] as const];
      }),
    );
    [readAt, head] = [performance.now(), best];
    return known;
  };
}
