import { account, TestChain } from "../context.ts";
import { epochs, networks, neurons, stakes, weights } from "./storage.ts";

/** The subnet of most tests. */
export const NETUID = 7;

/** Hotkeys and owners by uid: 0x01…, 0x02… and 0xa1…, 0xa2…. */
export const hotkey = (uid: number) => account(1 + uid);
export const coldkey = (uid: number) => account(0xa1 + uid);

export interface SubnetOptions {
  readonly netuid?: number;
  /** Neurons; the first `validators` of them have a permit. */
  readonly n?: number;
  readonly validators?: number;
  readonly mechanisms?: number;
}

/** Seats neurons that registered in block 1 and have never set weights; commit-reveal is on. */
export function addSubnet(chain: TestChain, options: SubnetOptions = {}): void {
  const { netuid = NETUID, n = 3, validators = 1, mechanisms = 1 } = options;
  const { state } = chain;
  networks.NetworksAdded.set(state, [netuid], true);
  networks.MechanismCountCurrent.set(state, [netuid], mechanisms);
  neurons.SubnetworkN.set(state, [netuid], n);
  weights.MinAllowedWeights.set(state, [netuid], 1);
  const uids = Array.from({ length: n }, (_, uid) => uid);
  for (const uid of uids) {
    neurons.Keys.set(state, [netuid, uid], hotkey(uid));
    neurons.Uids.set(state, [netuid, hotkey(uid)], uid);
    neurons.BlockAtRegistration.set(state, [netuid, uid], 1n);
    stakes.Owner.set(state, [hotkey(uid)], coldkey(uid));
  }
  for (let mecid = 0; mecid < mechanisms; mecid++)
    neurons.LastUpdate.set(
      state,
      [mecid * 4096 + netuid],
      uids.map(() => 1n),
    );
  neurons.ValidatorPermit.set(
    state,
    [netuid],
    uids.map((uid) => uid < validators),
  );
}

/** A chain at a height where every rate limit has passed, with one subnet. */
export function chainWithSubnet(options: SubnetOptions = {}): TestChain {
  const chain = new TestChain();
  chain.block = 1_000;
  addSubnet(chain, options);
  epochs.LastEpochBlock.set(chain.state, [options.netuid ?? NETUID], 1_000n);
  return chain;
}
