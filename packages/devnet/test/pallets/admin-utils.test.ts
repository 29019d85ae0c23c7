import { toHex } from "@neurond/primitives";
import { describe, expect, it } from "vitest";
import { bondsResetToggled, yuma3EnableToggled } from "../../src/pallets/admin-utils/consensus.ts";
import { adminUtilsPallet } from "../../src/pallets/admin-utils/pallet.ts";
import { events } from "../../src/pallets/subtensor/events.ts";
import { account, ROOT, signed, type TestChain } from "../context.ts";
import { type Attempt, callNamed, from, testRefusals } from "./refusals.ts";
import { epochs, limits, networks, neurons, registration, stakes, weights } from "./storage.ts";
import { chainWithSubnet, coldkey, hotkey, NETUID } from "./subnet.ts";

const OWNER = coldkey(0);
const STRANGER = account(0xee);
const named = (name: string) => callNamed(adminUtilsPallet.calls, name);

/** At block 1000, where the last epoch ran. */
function ownedSubnet(n = 3) {
  const chain = chainWithSubnet({ n });
  networks.SubnetOwner.set(chain.state, [NETUID], OWNER);
  return chain;
}

describe("a parameter that its owner may set", () => {
  const kappa = named("sudo_set_kappa");
  const setAt = (chain: TestChain, block: bigint): void =>
    limits.LastRateLimitedBlock.set(
      chain.state,
      [{ tag: "OwnerHyperparamUpdate", value: [NETUID, { tag: "Kappa", value: undefined }] }],
      block,
    );
  const hopeless = (): Attempt<{ netuid: number; kappa: number }> => {
    const chain = ownedSubnet();
    setAt(chain, 281n);
    epochs.LastEpochBlock.set(chain.state, [NETUID], 1_000n - 351n);
    return { chain, origin: signed(STRANGER), args: { netuid: NETUID, kappa: 1 } };
  };
  testRefusals(kappa, hopeless, [
    ["the signer does not own the subnet", "BadOrigin", from(signed(OWNER))],
    [
      "it was set less than two tempos ago",
      "TxRateLimitExceeded",
      ({ chain }) => setAt(chain, 280n),
    ],
    [
      "an epoch is near",
      "AdminActionProhibitedDuringWeightsWindow",
      ({ chain }) => epochs.LastEpochBlock.set(chain.state, [NETUID], 1_000n - 350n),
    ],
  ]);

  it("may be set by root at any pace, but not near an epoch", () => {
    const chain = ownedSubnet();
    const args = { netuid: NETUID, kappa: 1 };
    expect(chain.call(kappa, ROOT, args)).toBe("ok");
    expect(chain.call(kappa, ROOT, args)).toBe("ok");
    epochs.PendingEpochAt.set(chain.state, [NETUID], 1_200n);
    expect(chain.call(kappa, ROOT, args)).toBe("AdminActionProhibitedDuringWeightsWindow");
  });

  it("is counted apart from every other parameter", () => {
    const chain = ownedSubnet();
    const limit = named("sudo_set_serving_rate_limit");
    expect(chain.call(kappa, signed(OWNER), { netuid: NETUID, kappa: 1 })).toBe("ok");
    const args = { netuid: NETUID, serving_rate_limit: 1n };
    expect(chain.call(limit, signed(OWNER), args)).toBe("ok");
    expect(chain.call(limit, signed(OWNER), args)).toBe("TxRateLimitExceeded");
  });

  it("does not exist on a subnet that does not exist", () => {
    const outcome = ownedSubnet().call(kappa, ROOT, { netuid: 8, kappa: 1 });
    expect(outcome).toBe("SubnetDoesNotExist");
  });

  it("is never frozen where the freeze window is zero", () => {
    const chain = ownedSubnet();
    epochs.LastEpochBlock.set(chain.state, [NETUID], 1_000n - 360n);
    limits.AdminFreezeWindow.set(chain.state, [], 0);
    expect(chain.call(kappa, ROOT, { netuid: NETUID, kappa: 1 })).toBe("ok");
  });
});

describe("bounds of parameters", () => {
  const bad = (name: string, argument: string, value: unknown, outcome: string) =>
    ({ name, argument, value, outcome }) as const;
  it.each([
    bad(
      "sudo_set_min_allowed_uids",
      "min_allowed_uids",
      256,
      "MinAllowedUidsGreaterThanMaxAllowedUids",
    ),
    bad(
      "sudo_set_min_allowed_uids",
      "min_allowed_uids",
      70,
      "MinAllowedUidsGreaterThanCurrentUids",
    ),
    bad("sudo_set_min_allowed_uids", "min_allowed_uids", 69, "ok"),
    bad(
      "sudo_set_max_allowed_uids",
      "max_allowed_uids",
      63,
      "MaxAllowedUidsLessThanMinAllowedUids",
    ),
    bad("sudo_set_max_allowed_uids", "max_allowed_uids", 69, "MaxAllowedUIdsLessThanCurrentUIds"),
    bad(
      "sudo_set_max_allowed_uids",
      "max_allowed_uids",
      257,
      "MaxAllowedUidsGreaterThanDefaultMaxAllowedUids",
    ),
    bad("sudo_set_max_allowed_uids", "max_allowed_uids", 70, "ok"),
    bad(
      "sudo_set_max_allowed_validators",
      "max_allowed_validators",
      257,
      "MaxValidatorsLargerThanMaxUIds",
    ),
    bad("sudo_set_max_allowed_validators", "max_allowed_validators", 256, "ok"),
    bad("sudo_set_min_burn", "min_burn", 1_000_000_000n, "ValueNotInBounds"),
    bad("sudo_set_min_burn", "min_burn", 999_999_999n, "ok"),
    bad("sudo_set_max_burn", "max_burn", 100_000_000n, "ValueNotInBounds"),
    bad("sudo_set_max_burn", "max_burn", 100_000_001n, "ok"),
    bad("sudo_set_commit_reveal_weights_interval", "interval", 0n, "RevealPeriodTooSmall"),
    bad("sudo_set_commit_reveal_weights_interval", "interval", 100n, "ok"),
    bad("sudo_set_commit_reveal_weights_interval", "interval", 101n, "RevealPeriodTooLarge"),
    bad("sudo_set_activity_cutoff", "activity_cutoff", 359, "ActivityCutoffTooLow"),
    bad("sudo_set_activity_cutoff", "activity_cutoff", 360, "ok"),
    bad("sudo_set_mechanism_count", "mechanism_count", 0, "InvalidValue"),
    bad("sudo_set_mechanism_count", "mechanism_count", 3, "InvalidValue"),
    bad("sudo_set_mechanism_count", "mechanism_count", 2, "TooManyUIDsPerMechanism"),
    bad("sudo_set_mechanism_emission_split", "maybe_split", [65_535, 0], "InvalidValue"),
    bad("sudo_set_mechanism_emission_split", "maybe_split", [65_534], "InvalidValue"),
    bad("sudo_set_mechanism_emission_split", "maybe_split", [65_535], "ok"),
    bad("sudo_set_mechanism_emission_split", "maybe_split", undefined, "ok"),
  ])("$name of $value answers $outcome", ({ name, argument, value, outcome }) => {
    const chain = ownedSubnet(70);
    expect(chain.call(named(name), ROOT, { netuid: NETUID, [argument]: value })).toBe(outcome);
  });

  it("are tighter for owners where upstream says so", () => {
    const average = named("sudo_set_bonds_moving_average");
    const steepness = named("sudo_set_alpha_sigmoid_steepness");
    const chain = ownedSubnet();
    const high = { netuid: NETUID, bonds_moving_average: 975_001n };
    expect(chain.call(average, signed(OWNER), high)).toBe("BondsMovingAverageMaxReached");
    expect(chain.call(average, ROOT, high)).toBe("ok");
    const negative = { netuid: NETUID, steepness: -1 };
    expect(chain.call(steepness, signed(OWNER), negative)).toBe("NegativeSigmoidSteepness");
    expect(chain.call(steepness, ROOT, negative)).toBe("ok");
  });

  it("of alpha depend on each other and on liquid alpha", () => {
    const chain = ownedSubnet();
    const alpha = (alpha_low: number, alpha_high: number) =>
      chain.call(named("sudo_set_alpha_values"), ROOT, { netuid: NETUID, alpha_low, alpha_high });
    expect(alpha(2_000, 3_000)).toBe("LiquidAlphaDisabled");
    chain.call(named("sudo_set_liquid_alpha_enabled"), ROOT, { netuid: NETUID, enabled: true });
    expect(alpha(2_000, 1_637)).toBe("AlphaHighTooLow");
    expect(alpha(1_637, 3_000)).toBe("AlphaLowOutOfRange");
    expect(alpha(3_001, 3_000)).toBe("AlphaLowOutOfRange");
    expect(alpha(2_000, 3_000)).toBe("ok");
    expect(epochs.AlphaValues.get(chain.state, NETUID)).toEqual([2_000, 3_000]);
  });
});

describe("what a setter writes and tells", () => {
  const row = (
    name: string,
    argument: string,
    value: unknown,
    read: (chain: TestChain) => unknown,
    event: Uint8Array,
  ) => ({ name, argument, value, read, event });
  it.each([
    row(
      "sudo_set_serving_rate_limit",
      "serving_rate_limit",
      9n,
      ({ state }) => limits.ServingRateLimit.get(state, NETUID),
      events.ServingRateLimitSet(NETUID, 9n),
    ),
    row(
      "sudo_set_weights_version_key",
      "weights_version_key",
      9n,
      ({ state }) => weights.WeightsVersionKey.get(state, NETUID),
      events.WeightsVersionKeySet(NETUID, 9n),
    ),
    row(
      "sudo_set_weights_set_rate_limit",
      "weights_set_rate_limit",
      9n,
      ({ state }) => weights.WeightsSetRateLimit.get(state, NETUID),
      events.WeightsSetRateLimitSet(NETUID, 9n),
    ),
    row(
      "sudo_set_immunity_period",
      "immunity_period",
      9,
      ({ state }) => neurons.ImmunityPeriod.get(state, NETUID),
      events.ImmunityPeriodSet(NETUID, 9),
    ),
    row(
      "sudo_set_min_allowed_weights",
      "min_allowed_weights",
      9,
      ({ state }) => weights.MinAllowedWeights.get(state, NETUID),
      events.MinAllowedWeightSet(NETUID, 9),
    ),
    row(
      "sudo_set_kappa",
      "kappa",
      9,
      ({ state }) => epochs.Kappa.get(state, NETUID),
      events.KappaSet(NETUID, 9),
    ),
    row(
      "sudo_set_network_registration_allowed",
      "registration_allowed",
      false,
      ({ state }) => registration.NetworkRegistrationAllowed.get(state, NETUID),
      events.RegistrationAllowed(NETUID, false),
    ),
    row(
      "sudo_set_bonds_penalty",
      "bonds_penalty",
      9,
      ({ state }) => epochs.BondsPenalty.get(state, NETUID),
      events.BondsPenaltySet(NETUID, 9),
    ),
    row(
      "sudo_set_commit_reveal_weights_enabled",
      "enabled",
      false,
      ({ state }) => weights.CommitRevealWeightsEnabled.get(state, NETUID),
      events.CommitRevealEnabled(NETUID, false),
    ),
    row(
      "sudo_set_commit_reveal_weights_interval",
      "interval",
      9n,
      ({ state }) => weights.RevealPeriodEpochs.get(state, NETUID),
      events.CommitRevealPeriodsSet(NETUID, 9n),
    ),
    row(
      "sudo_set_yuma3_enabled",
      "enabled",
      true,
      ({ state }) => epochs.Yuma3On.get(state, NETUID),
      yuma3EnableToggled({ netuid: NETUID, enabled: true }),
    ),
    row(
      "sudo_set_bonds_reset_enabled",
      "enabled",
      true,
      ({ state }) => epochs.BondsResetOn.get(state, NETUID),
      bondsResetToggled({ netuid: NETUID, enabled: true }),
    ),
    row(
      "sudo_set_max_registrations_per_block",
      "max_registrations_per_block",
      9,
      ({ state }) => registration.MaxRegistrationsPerBlock.get(state, NETUID),
      events.MaxRegistrationsPerBlockSet(NETUID, 9),
    ),
    row(
      "sudo_set_target_registrations_per_interval",
      "target_registrations_per_interval",
      9,
      ({ state }) => registration.TargetRegistrationsPerInterval.get(state, NETUID),
      events.RegistrationPerIntervalSet(NETUID, 9),
    ),
    row(
      "sudo_set_tempo",
      "tempo",
      9,
      ({ state }) => epochs.Tempo.get(state, NETUID),
      events.TempoSet(NETUID, 9),
    ),
  ])("$name", ({ name, argument, value, read, event }) => {
    const chain = ownedSubnet();
    expect(chain.call(named(name), ROOT, { netuid: NETUID, [argument]: value })).toBe("ok");
    expect(read(chain)).toEqual(value);
    expect(chain.takeEvents()).toEqual([toHex(event)]);
  });

  it.each([
    ["sudo_set_tx_rate_limit", "tx_rate_limit", limits.TxRateLimit, 9n],
    ["sudo_set_network_rate_limit", "rate_limit", networks.NetworkRateLimit, 9n],
    ["sudo_set_network_min_lock_cost", "lock_cost", networks.NetworkMinLockCost, 9n],
    ["sudo_set_subnet_limit", "max_subnets", networks.SubnetLimit, 9],
    ["sudo_set_lock_reduction_interval", "interval", networks.NetworkLockReductionInterval, 9n],
    ["sudo_set_stake_threshold", "min_stake", stakes.StakeThreshold, 9n],
    ["sudo_set_commit_reveal_version", "version", weights.CommitRevealWeightsVersion, 9],
    ["sudo_set_admin_freeze_window", "window", limits.AdminFreezeWindow, 9],
    ["sudo_set_owner_hparam_rate_limit", "epochs", limits.OwnerHyperparamRateLimit, 9],
    ["sudo_set_start_call_delay", "delay", networks.StartCallDelay, 9n],
    ["sudo_set_max_epochs_per_block", "max_epochs_per_block", epochs.MaxEpochsPerBlock, 9],
    ["sudo_set_max_mechanism_count", "max_mechanism_count", networks.MaxMechanismCount, 9],
  ] as const)("%s holds for the whole chain and is for root", (name, argument, item, value) => {
    const chain = ownedSubnet();
    expect(chain.call(named(name), signed(OWNER), { [argument]: value })).toBe("BadOrigin");
    expect(chain.call(named(name), ROOT, { [argument]: value })).toBe("ok");
    expect(item.get(chain.state)).toBe(value);
  });

  it.each([
    "sudo_set_weights_set_rate_limit",
    "sudo_set_max_allowed_validators",
    "sudo_set_network_registration_allowed",
    "sudo_set_tempo",
    "sudo_set_subtoken_enabled",
  ])("%s is for root, not for owners", (name) => {
    const fields = { weights_set_rate_limit: 1n, max_allowed_validators: 1, tempo: 1 };
    const args = { netuid: NETUID, registration_allowed: true, subtoken_enabled: true, ...fields };
    expect(ownedSubnet().call(named(name), signed(OWNER), args)).toBe("BadOrigin");
  });
});

describe("setters with a rule of their own", () => {
  it("a new tempo restarts the cycle", () => {
    const chain = ownedSubnet();
    chain.block = 1_100;
    chain.call(named("sudo_set_tempo"), ROOT, { netuid: NETUID, tempo: 10 });
    expect(epochs.LastEpochBlock.get(chain.state, NETUID)).toBe(1_100n);
  });

  it("an owner raises the version key once in five tempos", () => {
    const chain = ownedSubnet();
    const set = () =>
      chain.call(named("sudo_set_weights_version_key"), signed(OWNER), {
        netuid: NETUID,
        weights_version_key: 1n,
      });
    expect(set()).toBe("ok");
    chain.block = 1_000 + 5 * 360 - 1;
    epochs.LastEpochBlock.set(chain.state, [NETUID], BigInt(chain.block));
    expect(set()).toBe("TxRateLimitExceeded");
    chain.block += 1;
    expect(set()).toBe("ok");
  });

  it("another mechanism begins with everybody's last update unknown and no split", () => {
    const chain = ownedSubnet();
    neurons.MaxAllowedUids.set(chain.state, [NETUID], 128);
    networks.MechanismEmissionSplit.set(chain.state, [NETUID], [65_535]);
    const args = { netuid: NETUID, mechanism_count: 2 };
    expect(chain.call(named("sudo_set_mechanism_count"), signed(OWNER), args)).toBe("ok");
    expect(neurons.LastUpdate.get(chain.state, 4_096 + NETUID)).toEqual([0n, 0n, 0n]);
    expect(networks.MechanismEmissionSplit.get(chain.state, NETUID)).toBeUndefined();
  });

  it("the owner's hotkey is one that the owner owns, and changes once a tempo", () => {
    const chain = ownedSubnet();
    const set = (who: `0x${string}`, origin = signed(OWNER)) =>
      chain.call(named("sudo_set_sn_owner_hotkey"), origin, { netuid: NETUID, hotkey: who });
    expect(set(hotkey(0), signed(STRANGER))).toBe("BadOrigin");
    expect(set(hotkey(1))).toBe("NonAssociatedColdKey");
    expect(set(hotkey(0))).toBe("ok");
    expect(networks.SubnetOwnerHotkey.get(chain.state, NETUID)).toBe(hotkey(0));
    expect(set(hotkey(0))).toBe("TxRateLimitExceeded");
    expect(set(hotkey(0), ROOT)).toBe("ok");
  });
});
