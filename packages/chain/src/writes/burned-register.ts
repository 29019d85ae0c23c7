import { coldkeyOf } from "@neurond/primitives";
import { asBigint } from "../codec/value.ts";
import type { ChainContext } from "../context.ts";
import type { NeuronId } from "../neuron.ts";
import type { Signer, WriteOptions } from "../options.ts";
import { readAccount } from "../reads/account.ts";
import { readOwner, readRegistration } from "../reads/registration.ts";
import { subnetExists } from "../reads/subnets.ts";
import type { State } from "../state.ts";
import type { Submission } from "../submission.ts";
import { refusedByState } from "./refusal.ts";
import { type Preflight, submit } from "./submit.ts";

/** Registers a hotkey for the price of the moment; signed by the coldkey, which pays. */
export function burnedRegister(
  context: ChainContext,
  signer: Signer,
  id: NeuronId,
  options: WriteOptions = {},
): Promise<Submission> {
  return submit(context, signer, (state) => checkRegister(state, signer, id), options);
}

async function checkRegister(state: State, signer: Signer, id: NeuronId): Promise<Preflight> {
  const { netuid, hotkey } = id;
  const coldkey = coldkeyOf(signer.publicKey);
  const refuse = (name: string): Preflight => ({ kind: "rejected", error: refusedByState(name) });
  if (netuid === 0) return refuse("RegistrationNotPermittedOnRootSubnet");
  if (!(await subnetExists(state, netuid))) return refuse("SubnetNotExists");
  const [allowed, burn] = await state.many([
    ["SubtensorModule", "NetworkRegistrationAllowed", netuid],
    ["SubtensorModule", "Burn", netuid],
  ]);
  if (allowed !== true) return refuse("SubNetRegistrationDisabled");
  const registration = await readRegistration(state, id);
  if (registration.kind === "registered") return refuse("HotKeyAlreadyRegisteredInSubNet");
  const owner = await readOwner(state, hotkey);
  if (owner !== undefined && owner !== coldkey) return refuse("NonAssociatedColdKey");
  const { free } = await readAccount(state, coldkey);
  if (free < asBigint(burn)) return refuse("NotEnoughBalanceToStake");
  return {
    kind: "ready",
    plan: {
      call: { pallet: "SubtensorModule", name: "burned_register", args: { netuid, hotkey } },
      confirm: async (after) => (await readRegistration(after, id)).kind === "registered",
    },
  };
}
