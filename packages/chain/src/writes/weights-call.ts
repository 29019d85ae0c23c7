import type { Call } from "../chain.ts";
import type { WeightsVector } from "../weights.ts";

/** Calls about weights, each in the old form and in the one that names a mechanism. */
const FORMS = {
  set: ["set_weights", "set_mechanism_weights"],
  commit: ["commit_weights", "commit_mechanism_weights"],
  reveal: ["reveal_weights", "reveal_mechanism_weights"],
} as const;

/** A call about weights; mechanism 0 keeps the old form, which every runtime has. */
export function weightsCall(
  form: keyof typeof FORMS,
  { netuid, mecid }: Pick<WeightsVector, "netuid" | "mecid">,
  args: Call["args"],
): Call {
  const [plain, ofMechanism] = FORMS[form];
  return mecid === undefined || mecid === 0
    ? { pallet: "SubtensorModule", name: plain, args: { netuid, ...args } }
    : { pallet: "SubtensorModule", name: ofMechanism, args: { netuid, mecid, ...args } };
}
