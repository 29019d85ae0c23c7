import { u16 } from "@neurond/crypto";
import { type Hotkey, type Netuid, publicKeyOf } from "@neurond/primitives";
import { concatBytes } from "@noble/hashes/utils.js";

/** Who asks whom, on which subnet: every signed digest begins with it. */
export interface Parties {
  readonly netuid: Netuid;
  readonly validator: Hotkey;
  readonly miner: Hotkey;
}

/** Netuid as u16, then both public keys. */
export function encodeParties({ netuid, validator, miner }: Parties): Uint8Array {
  return concatBytes(u16(netuid), publicKeyOf(validator), publicKeyOf(miner));
}
