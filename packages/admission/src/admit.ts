import type { Admission, AdmissionCode, Admit, Standing } from "@neurond/epistula";
import type { Coldkey, Hotkey, Rao } from "@neurond/primitives";
import type { Subnet, SubnetNeuron } from "./subnet.ts";

/** Which neurons of the subnet may call. */
export interface NeuronRule {
  /** Whether a validator permit is asked for; a permit alone is free where few validators are. */
  readonly requirePermit: boolean;
  readonly minStakeRao: Rao;
  readonly stakeKind: "alpha" | "total";
}

/** Who may call. */
export interface AdmissionRules {
  /** May call without a place on the subnet, and while it cannot be read. */
  readonly allow: { has(sender: Hotkey): boolean };
  /** May not call, whatever else holds; asked with every request, so a ban holds from the next one on. */
  readonly deny: { has(key: Hotkey | Coldkey): boolean };
  /** `null` admits those named in `allow` only, "anyone" every key in the world. */
  readonly neurons: NeuronRule | "anyone" | null;
}

const RETRY_SECONDS = 12;

/**
 * Judges senders by lists and by the subnet as it stands in memory. Fails closed: without a recent
 * view of the subnet nobody is admitted but those allowed by name.
 */
export function admitBy(view: () => Subnet | undefined, rules: AdmissionRules): Admit {
  const { allow, deny, neurons } = rules;
  const kind = neurons === null || neurons === "anyone" ? "total" : neurons.stakeKind;
  return (sender): Admission => {
    const subnet = view();
    const neuron = subnet?.byHotkey.get(sender);
    if (deny.has(sender) || (neuron !== undefined && deny.has(neuron.coldkey))) {
      return refuse("SENDER_NOT_ALLOWED", "this hotkey is denied here");
    }
    const standing = neuron === undefined ? null : standingOf(neuron, kind);
    if (neurons === "anyone" || allow.has(sender)) return { admitted: true, standing };
    if (neurons === null) return refuse("SENDER_NOT_ALLOWED", "this hotkey is not listed here");
    if (subnet === undefined) {
      const detail = "the subnet could not be read lately; try again in a block";
      return { ...refuse("METAGRAPH_UNAVAILABLE", detail), retryAfterSeconds: RETRY_SECONDS };
    }
    if (standing === null) return refuse("NOT_REGISTERED", `not registered on ${subnet.netuid}`);
    if (neurons.requirePermit && !standing.validatorPermit) {
      return refuse("NO_PERMIT", "a validator permit is required");
    }
    if (standing.stakeRao < neurons.minStakeRao) return refuse("LOW_STAKE", "too little stake");
    return { admitted: true, standing };
  };
}

function standingOf(neuron: SubnetNeuron, kind: NeuronRule["stakeKind"]): Standing {
  const { uid, coldkey, validatorPermit, alphaStake, totalStake } = neuron;
  return { uid, coldkey, stakeRao: kind === "alpha" ? alphaStake : totalStake, validatorPermit };
}

function refuse(code: AdmissionCode, detail: string) {
  return { admitted: false, code, detail } as const;
}
