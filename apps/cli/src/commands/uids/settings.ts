import { type Netuid, parseTao, type Rao, toNetuid } from "@neurond/primitives";
import type { Parameter } from "../../action.ts";
import type { Call } from "../../call.ts";

/** The storage subnet of the main network. */
const STORAGE_NETUID = 21;

/** Stake above which a neuron with a permit is a validator, in TAO. */
const VPERMIT_TAO = "500";

/** The option that says who counts as a validator. */
export const VPERMIT_OPTION: Parameter = {
  flags: "--neuron.vpermit-tao-limit <tao>",
  description: `a permit and more stake than this make a validator (default: ${VPERMIT_TAO})`,
};

/** The subnet a call names, or the storage subnet. */
export function storageNetuidOf(call: Call): Netuid {
  return toNetuid(call.integer("netuid", { min: 0, max: 4095 }) ?? STORAGE_NETUID);
}

/** The stake that makes a validator. */
export function vpermitLimitOf(call: Call): Rao {
  return parseTao(call.given("neuron.vpermit-tao-limit") ?? VPERMIT_TAO);
}
