import type { Chain } from "@neurond/chain";
import type { Hotkey, Netuid } from "@neurond/primitives";
import { urlOf } from "../public-address.ts";
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
  chain: Chain,
  { netuid, allowPrivate }: { readonly netuid: Netuid; readonly allowPrivate: boolean },
): MinerView {
  let known: ReadonlyMap<Hotkey, ServingMiner> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  let head = -1;
  return async (signal) => {
    const best = chain.status().best?.number ?? -1;
    if (performance.now() - readAt < FRESH_MS && best === head) return known;
    const { neurons } = await chain.metagraph({ netuid }, { signal });
    known = new Map(
      neurons.flatMap(({ uid, hotkey, coldkey, validatorPermit, axon }) => {
        const url = urlOf(axon, allowPrivate);
        if (uid === 0 || validatorPermit || url === null) return [];
        return [[hotkey, { hotkey, coldkey, url }] as const];
      }),
    );
    [readAt, head] = [performance.now(), best];
    return known;
  };
}
