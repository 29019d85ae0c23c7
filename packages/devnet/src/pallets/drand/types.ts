import { boundedBytes } from "../../scale/bounded.ts";
import { struct, vec } from "../../scale/compose.ts";
import { multiSigner } from "../../scale/known.ts";
import { u32, u64 } from "../../scale/primitives.ts";
import type { ValueOf } from "../../scale/type.ts";

const path = (name: string) => ["pallet_drand", "types", name];

/** Hashes and short names. */
const short = boundedBytes(32);

export const pulse = struct(path("Pulse"), {
  round: u64,
  randomness: short,
  /** Compressed G1, 48 bytes. */
  signature: boundedBytes(144),
});
export type Pulse = ValueOf<typeof pulse>;

export const beaconConfiguration = struct(path("BeaconConfiguration"), {
  /** Compressed G2, 96 bytes. */
  public_key: boundedBytes(96),
  period: u32,
  genesis_time: u32,
  hash: short,
  group_hash: short,
  scheme_id: short,
  metadata: struct(path("Metadata"), { beacon_id: short }),
});
export type BeaconConfiguration = ValueOf<typeof beaconConfiguration>;

/** What a node's off-chain worker signs with its own key (`drnd`), beside the pulse's own signature. */
export const pulsesPayload = struct(path("PulsesPayload"), {
  block_number: u32,
  pulses: vec(pulse),
  public: multiSigner,
});
export type PulsesPayload = ValueOf<typeof pulsesPayload>;

export const beaconConfigurationPayload = struct(path("BeaconConfigurationPayload"), {
  block_number: u32,
  config: beaconConfiguration,
  public: multiSigner,
});
