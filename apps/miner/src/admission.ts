import type { Metagraph } from "@neurond/chain";
import type { Admission, AdmissionCode, Admit, Standing } from "@neurond/epistula";
import type { Hotkey, Rao } from "@neurond/primitives";

/** Whom a miner serves, beside the validators of its subnet. */
export interface AccessRules {
  /** May call without a place on the subnet. */
  readonly allow: ReadonlySet<Hotkey>;
  /** May not call, whatever else holds. */
  readonly deny: ReadonlySet<Hotkey>;
  readonly minStakeRao: Rao;
}

const RETRY_SECONDS = 12;

/**
 * Admits validators that hold a permit and enough stake, and whoever the operator allows by name.
 * Without a recent metagraph nobody but those named is admitted.
 */
export function admitValidators(
  metagraph: () => Metagraph | undefined,
  { allow, deny, minStakeRao }: AccessRules,
): Admit {
  return (sender): Admission => {
    if (deny.has(sender)) return refuse("SENDER_NOT_ALLOWED", "this hotkey is denied here");
    const subnet = metagraph();
    const standing = standingOf(subnet, sender);
    if (allow.has(sender)) return { admitted: true, standing };
    if (subnet === undefined) {
      const detail = "the subnet could not be read lately; try again in a block";
      return { ...refuse("METAGRAPH_UNAVAILABLE", detail), retryAfterSeconds: RETRY_SECONDS };
    }
    if (standing === null) return refuse("NOT_REGISTERED", `not registered on ${subnet.netuid}`);
    if (!standing.validatorPermit) return refuse("NO_PERMIT", "a validator permit is required");
    if (standing.stakeRao < minStakeRao) return refuse("LOW_STAKE", "too little stake");
    return { admitted: true, standing };
  };
}

function standingOf(subnet: Metagraph | undefined, sender: Hotkey): Standing | null {
  const neuron = subnet?.byHotkey.get(sender);
  if (neuron === undefined) return null;
  const { uid, totalStake: stakeRao, validatorPermit } = neuron;
  return { uid, stakeRao, validatorPermit };
}

function refuse(code: AdmissionCode, detail: string) {
  return { admitted: false, code, detail } as const;
}
