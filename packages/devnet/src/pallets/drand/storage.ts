import { QUICKNET } from "@neurond/crypto";
import { fromHex, QUICKNET_CLOCK } from "@neurond/primitives";
import { blake2 } from "../../frame/hasher.ts";
import { storageOf } from "../../frame/storage.ts";
import { u32, u64 } from "../../scale/primitives.ts";
import { DRAND } from "./pallet.ts";
import { beaconConfiguration, pulse } from "./types.ts";

const { item, optional } = storageOf(DRAND.name);
const text = new TextEncoder();

/** The network whose pulses count; drand quicknet unless genesis says otherwise. */
export const BeaconConfig = item("BeaconConfig", [], beaconConfiguration, {
  public_key: QUICKNET.publicKey,
  period: QUICKNET_CLOCK.periodSeconds,
  genesis_time: QUICKNET_CLOCK.genesisSeconds,
  hash: QUICKNET.chainHash,
  group_hash: fromHex("f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e"),
  scheme_id: text.encode("bls-unchained-g1-rfc9380"),
  metadata: { beacon_id: text.encode("quicknet") },
});
export const Pulses = optional("Pulses", [blake2(u64)], pulse);
export const LastStoredRound = item("LastStoredRound", [], u64, 0n);
export const OldestStoredRound = item("OldestStoredRound", [], u64, 0n);
export const NextUnsignedAt = item("NextUnsignedAt", [], u32, 0);

export const drandStorage = [
  BeaconConfig,
  Pulses,
  LastStoredRound,
  OldestStoredRound,
  NextUnsignedAt,
];
