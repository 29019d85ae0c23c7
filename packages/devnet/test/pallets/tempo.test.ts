import { toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { events } from "../../src/pallets/subtensor/events.ts";
import { TRANSACTION } from "../../src/pallets/subtensor/rate-limit.ts";
import { tempoCalls } from "../../src/pallets/subtensor/tempo.ts";
import { account, ROOT, signed } from "../context.ts";
import { type Attempt, callNamed, from, testRefusals, withArgs } from "./refusals.ts";
import { epochs, limits, networks, weights } from "./storage.ts";
import { chainWithSubnet, NETUID } from "./subnet.ts";

const OWNER = account(0xb7);
const setTempo = callNamed(tempoCalls, "set_tempo");
const setFactor = callNamed(tempoCalls, "set_activity_cutoff_factor");
const trigger = callNamed(tempoCalls, "trigger_epoch");

/** At block 1000, which is where the last epoch ran; the next one is 360 blocks away. */
function ownedSubnet() {
  const chain = chainWithSubnet();
  networks.SubnetOwner.set(chain.state, [NETUID], OWNER);
  return chain;
}

describe("an owner's tempo", () => {
  const hopeless = (): Attempt<{ netuid: number; tempo: number }> => {
    const chain = ownedSubnet();
    epochs.LastEpochBlock.set(chain.state, [NETUID], 1_000n - 351n);
    const key = [OWNER, NETUID, TRANSACTION.SetTempo] as const;
    limits.TransactionKeyLastBlock.set(chain.state, key, 700n);
    return { chain, origin: signed(account(99)), args: { netuid: 8, tempo: 359 } };
  };
  testRefusals(setTempo, hopeless, [
    ["there is no such subnet", "SubnetNotExists", withArgs({ netuid: NETUID })],
    ["the signer does not own it", "BadOrigin", from(signed(OWNER))],
    ["it is shorter than an owner may set", "TempoOutOfBounds", withArgs({ tempo: 360 })],
    [
      "the epoch is nine blocks away",
      "AdminActionProhibitedDuringWeightsWindow",
      ({ chain }) => epochs.LastEpochBlock.set(chain.state, [NETUID], 1_000n - 350n),
    ],
    [
      "it was set 300 blocks ago",
      "TxRateLimitExceeded",
      ({ chain }) => {
        const key = [OWNER, NETUID, TRANSACTION.SetTempo] as const;
        limits.TransactionKeyLastBlock.set(chain.state, key, 640n);
      },
    ],
  ]);

  it("begins a new cycle", () => {
    const chain = ownedSubnet();
    chain.block = 1_100;
    expect(chain.call(setTempo, signed(OWNER), { netuid: NETUID, tempo: 50_400 })).toBe("ok");
    expect(epochs.Tempo.get(chain.state, NETUID)).toBe(50_400);
    expect(epochs.LastEpochBlock.get(chain.state, NETUID)).toBe(1_100n);
    expect(chain.takeEvents()).toEqual([toHex(events.TempoSet(NETUID, 50_400))]);
    const longer = { netuid: NETUID, tempo: 50_401 };
    expect(chain.call(setTempo, signed(OWNER), longer)).toBe("TempoOutOfBounds");
  });
});

describe("asking for an epoch", () => {
  const hopeless = (): Attempt<{ netuid: number }> => {
    const chain = ownedSubnet();
    epochs.PendingEpochAt.set(chain.state, [NETUID], 1_005n);
    epochs.LastEpochBlock.set(chain.state, [NETUID], 1_000n - 351n);
    limits.LastRateLimitedBlock.set(
      chain.state,
      [
        {
          tag: "OwnerHyperparamUpdate",
          value: [NETUID, { tag: "TriggerEpoch", value: undefined }],
        },
      ],
      999n,
    );
    return { chain, origin: signed(account(99)), args: { netuid: 8 } };
  };
  testRefusals(trigger, hopeless, [
    ["there is no such subnet", "SubnetNotExists", withArgs({ netuid: NETUID })],
    ["the signer does not own it", "BadOrigin", from(signed(OWNER))],
    [
      "committed weights wait for their epoch",
      "DynamicTempoBlockedByCommitReveal",
      ({ chain }) => weights.CommitRevealWeightsEnabled.set(chain.state, [NETUID], false),
    ],
    [
      "one has been asked for",
      "EpochTriggerAlreadyPending",
      ({ chain }) => epochs.PendingEpochAt.set(chain.state, [NETUID], 0n),
    ],
    [
      "the next one is near",
      "AutoEpochAlreadyImminent",
      ({ chain }) => epochs.LastEpochBlock.set(chain.state, [NETUID], 1_000n - 350n),
    ],
    [
      "the owner asked two tempos ago, less a block",
      "TxRateLimitExceeded",
      ({ chain }) => {
        chain.block = 999 + 720;
        epochs.LastEpochBlock.set(chain.state, [NETUID], 1_700n);
      },
    ],
  ]);

  it("brings it after the freeze window", () => {
    const chain = ownedSubnet();
    weights.CommitRevealWeightsEnabled.set(chain.state, [NETUID], false);
    expect(chain.call(trigger, signed(OWNER), { netuid: NETUID })).toBe("ok");
    expect(epochs.PendingEpochAt.get(chain.state, NETUID)).toBe(1_010n);
    const told = events.EpochTriggered({ netuid: NETUID, by: OWNER, fires_at: 1_010n });
    expect(chain.takeEvents()).toEqual([toHex(told)]);
  });
});

describe("the factor of the activity cutoff", () => {
  it.each<[factor: number, outcome: string]>([
    [999, "ActivityCutoffFactorMilliOutOfBounds"],
    [1_000, "ok"],
    [50_000, "ok"],
    [50_001, "ActivityCutoffFactorMilliOutOfBounds"],
  ])("%i answers %s", (factor_milli, outcome) =>
    expect(ownedSubnet().call(setFactor, ROOT, { netuid: NETUID, factor_milli })).toBe(outcome),
  );

  it("changes once in two tempos for the owner, any time for root", () => {
    const chain = ownedSubnet();
    const args = { netuid: NETUID, factor_milli: 2_000 };
    expect(chain.call(setFactor, signed(OWNER), args)).toBe("ok");
    expect(chain.call(setFactor, signed(OWNER), args)).toBe("TxRateLimitExceeded");
    expect(chain.call(setFactor, ROOT, args)).toBe("ok");
    expect(chain.call(setFactor, signed(account(99)), args)).toBe("BadOrigin");
  });
});
