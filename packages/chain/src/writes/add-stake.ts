import { coldkeyOf, type Rao } from "@neurond/primitives";
import type { ChainContext } from "../context.ts";
import type { NeuronId } from "../neuron.ts";
import type { Signer, WriteOptions } from "../options.ts";
import { readAccount } from "../reads/account.ts";
import { readOwner } from "../reads/registration.ts";
import { readStake } from "../reads/stake.ts";
import { subnetExists } from "../reads/subnets.ts";
import type { State } from "../state.ts";
import type { Submission } from "../submission.ts";
import { refusedByState } from "./refusal.ts";
import { type Preflight, submit } from "./submit.ts";

/** How much TAO to put behind which hotkey. */
export interface StakeInput extends NeuronId {
  readonly amount: Rao;
}

/** Puts TAO behind a hotkey on a subnet; signed by the coldkey. */
export function addStake(
  context: ChainContext,
  signer: Signer,
  input: StakeInput,
  options: WriteOptions = {},
): Promise<Submission> {
  return submit(context, signer, (state) => checkAddStake(state, signer, input), options);
}

async function checkAddStake(
  state: State,
  signer: Signer,
  { netuid, hotkey, amount }: StakeInput,
): Promise<Preflight> {
  const coldkey = coldkeyOf(signer.publicKey);
  const refuse = (name: string): Preflight => ({ kind: "rejected", error: refusedByState(name) });
  if (!(await subnetExists(state, netuid))) return refuse("SubnetNotExists");
  const { free } = await readAccount(state, coldkey);
  if (free < amount) return refuse("NotEnoughBalanceToStake");
  if ((await readOwner(state, hotkey)) === undefined) return refuse("HotKeyAccountNotExists");
  const before = await readStake(state, { netuid, hotkey, coldkey });
  const args = { hotkey, netuid, amount_staked: amount };
  return {
    kind: "ready",
    plan: {
      call: { pallet: "SubtensorModule", name: "add_stake", args },
      confirm: async (after) => (await readStake(after, { netuid, hotkey, coldkey })) > before,
    },
  };
}
