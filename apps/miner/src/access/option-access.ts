import type { Subnet } from "@neurond/admission";
import type { Admission, Admit, Principal, Refusal } from "@neurond/epistula";
import type { Hotkey } from "@neurond/primitives";
import { type Caller, decideMinerAccess, type MinerAccessRules } from "@neurond/storage-rules";

/** Whom the options of a storage subnet let in, and how often. */
export interface OptionAccess {
  /** Blacklist, whitelist, registration, permit and stake; the caller is only claimed here. */
  readonly admit: Admit;
  /** Counts a request of a proven caller; 429 beyond what it may send within the window. */
  readonly charge: (principal: Principal) => Refusal | null;
}

const CODES = {
  BLACKLISTED: "SENDER_NOT_ALLOWED",
  NOT_REGISTERED: "NOT_REGISTERED",
  NO_VALIDATOR_PERMIT: "NO_PERMIT",
  STAKE_TOO_LOW: "LOW_STAKE",
  TOO_MANY_REQUESTS: "RATE_LIMITED",
} as const;

const RETRY_SECONDS = 12;
/** Callers whose requests are counted; beyond it those are forgotten that were silent longest. */
const MAX_CALLERS = 16_384;

/**
 * The access rules of a storage subnet, in their order. Without a recent view of the subnet nobody is
 * served but who is on the whitelist.
 */
export function optionAccess(
  view: () => Subnet | undefined,
  rules: MinerAccessRules,
  now: () => number,
): OptionAccess {
  const requests = new Map<Hotkey, readonly number[]>();
  return {
    admit(sender): Admission {
      const subnet = view();
      const neuron = subnet?.byHotkey.get(sender);
      const decision = decideMinerAccess(callerOf(sender, subnet), NOTHING_YET, rules);
      const isListed = rules.whitelist.has(sender) || rules.blacklist.has(sender);
      if (subnet === undefined && !isListed) {
        const detail = "the subnet could not be read lately; try again in a block";
        const retryAfterSeconds = RETRY_SECONDS;
        return { admitted: false, code: "METAGRAPH_UNAVAILABLE", detail, retryAfterSeconds };
      }
      if (decision.kind === "refused") {
        const detail = `refused by the rule ${decision.reason}`;
        return { admitted: false, code: CODES[decision.reason], detail };
      }
      const standing = neuron && {
        uid: neuron.uid,
        coldkey: neuron.coldkey,
        stakeRao: neuron.totalStake,
        validatorPermit: neuron.validatorPermit,
      };
      return { admitted: true, standing: standing ?? null };
    },
    charge({ hotkey }) {
      const times = requests.get(hotkey) ?? [];
      const decision = decideMinerAccess(callerOf(hotkey, view()), { times, nowMs: now() }, rules);
      requests.delete(hotkey);
      if (decision.kind === "allowed") {
        // Put back at the end, so that the first in the map is who was silent longest.
        if (decision.times.length > 0) requests.set(hotkey, decision.times);
        const [oldest] = requests.keys();
        if (requests.size > MAX_CALLERS && oldest !== undefined) requests.delete(oldest);
        return null;
      }
      requests.set(hotkey, times);
      const { reason, retryAfterMs = 1_000 } = decision;
      return {
        kind: "refused",
        code: CODES[reason],
        detail: `refused by the rule ${reason}`,
        claimedSender: hotkey,
        retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1_000)),
      };
    },
  };
}

const NOTHING_YET = { times: [], nowMs: 0 };

function callerOf(hotkey: Hotkey, subnet: Subnet | undefined): Caller {
  return { hotkey, neuron: subnet?.byHotkey.get(hotkey) };
}
