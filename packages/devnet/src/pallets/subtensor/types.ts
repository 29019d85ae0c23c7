import { boundedBytes } from "../../scale/bounded.ts";
import { struct, tuple, variant, vec } from "../../scale/compose.ts";
import { accountId, h256 } from "../../scale/known.ts";
import { bytes, i64, i128, u8, u16, u32, u64, u128 } from "../../scale/primitives.ts";
import type { Type, ValueOf } from "../../scale/type.ts";

const path = (name: string) => ["pallet_subtensor", "pallet", name];

export const axonInfo = struct(path("AxonInfo"), {
  block: u64,
  version: u32,
  ip: u128,
  port: u16,
  ip_type: u8,
  protocol: u8,
  placeholder1: u8,
  placeholder2: u8,
});
export type AxonInfo = ValueOf<typeof axonInfo>;

export const prometheusInfo = struct(path("PrometheusInfo"), {
  block: u64,
  version: u32,
  ip: u128,
  port: u16,
  ip_type: u8,
});
export type PrometheusInfo = ValueOf<typeof prometheusInfo>;

/** Longest key of a certificate; a longer one is not stored. */
export const MAX_CERTIFICATE_KEY = 64;

export const neuronCertificate = struct(path("NeuronCertificate"), {
  public_key: boundedBytes(MAX_CERTIFICATE_KEY),
  algorithm: u8,
});

/** What a coldkey says of itself, in the order of its call and of storage. */
export const chainIdentityFields = {
  name: bytes,
  url: bytes,
  github_repo: bytes,
  image: bytes,
  discord: bytes,
  description: bytes,
  additional: bytes,
};
export const chainIdentity = struct(path("ChainIdentityV2"), chainIdentityFields);

/** What an owner says of a subnet, in the order of its call and of storage. */
export const subnetIdentityFields = {
  subnet_name: bytes,
  github_repo: bytes,
  subnet_contact: bytes,
  subnet_url: bytes,
  discord: bytes,
  description: bytes,
  logo_url: bytes,
  additional: bytes,
};
export const subnetIdentity = struct(path("SubnetIdentityV3"), subnetIdentityFields);

/** mantissa·10^exponent, normalised to 10^20 < mantissa ≤ 10^21; zero is (0, 0). */
export const safeFloat = struct(["share_pool", "SafeFloat"], { mantissa: u128, exponent: i64 });
export type SafeFloat = ValueOf<typeof safeFloat>;

/** Unsigned 64.64 fixed point as raw bits. */
export const u64f64 = struct(["substrate_fixed", "FixedU128"], { bits: u128 });
/** Unsigned 96.32 fixed point as raw bits. */
export const u96f32 = struct(["substrate_fixed", "FixedU128"], { bits: u128 });
/** Signed 64.64 fixed point as raw bits. */
export const i64f64 = struct(["substrate_fixed", "FixedI128"], { bits: i128 });
/** Signed 96.32 fixed point as raw bits. */
export const i96f32 = struct(["substrate_fixed", "FixedI128"], { bits: i128 });

/** Shares of 2^64 − 1 and the hotkeys they go to (children) or come from (parents). */
export const relatives = vec(tuple(u64, accountId));
export type Relatives = ValueOf<typeof relatives>;

/** A v2 commit: hash, commit epoch, commit block, and a field no longer used. */
export const weightCommit = tuple(h256, u64, u64, u64);
export type WeightCommit = ValueOf<typeof weightCommit>;

/** Longest ciphertext of a timelocked commit; a longer one does not decode. */
export const MAX_CIPHERTEXT = 5000;
export const ciphertext = boundedBytes(MAX_CIPHERTEXT);

/** A v4 commit: hotkey, commit block, ciphertext, drand round. */
export const timelockedCommit = tuple(accountId, u64, ciphertext, u64);
export type TimelockedCommit = ValueOf<typeof timelockedCommit>;

/** The parameters an owner may set only every so often; the order is the index. */
const HYPERPARAMETERS = [
  "Unknown",
  "ServingRateLimit",
  "MaxDifficulty",
  "AdjustmentAlpha",
  "MaxWeightLimit",
  "ImmunityPeriod",
  "MinAllowedWeights",
  "Kappa",
  "Rho",
  "ActivityCutoff",
  "PowRegistrationAllowed",
  "MinBurn",
  "MaxBurn",
  "BondsMovingAverage",
  "BondsPenalty",
  "CommitRevealEnabled",
  "LiquidAlphaEnabled",
  "AlphaValues",
  "WeightCommitInterval",
  "TransferEnabled",
  "AlphaSigmoidSteepness",
  "Yuma3Enabled",
  "BondsResetEnabled",
  "ImmuneNeuronLimit",
  "RecycleOrBurn",
  "MaxAllowedUids",
  "BurnHalfLife",
  "BurnIncreaseMult",
  "SubnetEmissionEnabled",
  "MinChildkeyTake",
  "ActivityCutoffFactorMilli",
  "TriggerEpoch",
] as const;
export type Hyperparameter = (typeof HYPERPARAMETERS)[number];

/** One type with many names: as a union per name it would be more than the compiler follows. */
export const hyperparameter = variant(
  ["pallet_subtensor", "utils", "rate_limiting", "Hyperparameter"],
  Object.fromEntries(HYPERPARAMETERS.map((name, index) => [name, [index] as const])),
) as Type<unknown> as Type<{ readonly tag: Hyperparameter; readonly value: undefined }>;

/** What a rate limit is counted for, where it is not counted per account. */
export const rateLimitKey = variant(
  ["pallet_subtensor", "RateLimitKey"],
  {
    SetSNOwnerHotkey: [0, u16],
    OwnerHyperparamUpdate: [1, tuple(u16, hyperparameter)],
    NetworkLastRegistered: [2],
    LastTxBlock: [3, accountId],
    LastTxBlockChildKeyTake: [4, accountId],
    LastTxBlockDelegateTake: [5, accountId],
    AddStakeBurn: [6, u16],
  },
  [{ name: "AccountId", type: accountId }],
);
