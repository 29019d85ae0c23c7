import { type Hex, toHex } from "@neurond/primitives";
import { blake2b } from "@noble/hashes/blake2.js";

const digest = (text: string): Hex => toHex(blake2b(new TextEncoder().encode(text), { dkLen: 32 }));

/**
 * A subnet of so many neurons that nobody has the keys of, ten to a coldkey, whose list of hotkeys is written
 * with each; every tenth is a staked validator.
 */
export function crowdedSubnet(netuid: number, count: number) {
  const owner = { hotkey: digest("hotkey 0"), coldkey: digest("coldkey 0") };
  const neurons = Array.from({ length: count }, (_, uid) => ({
    hotkey: digest(`hotkey ${uid}`),
    coldkey: digest(`coldkey ${uid % (count / 10)}`),
    ...(uid % 10 === 0 && { stakeRao: BigInt(uid + 1) * 10n ** 9n, validatorPermit: true }),
  }));
  return { netuid, owner, neurons, tempo: 0, maxUids: count };
}
