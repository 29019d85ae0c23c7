import {
  drandKeyFromSeed,
  encodeWeightsPayload,
  roundRandomness,
  signRound,
  timelockEncrypt,
} from "@neurond/crypto";
import { fromHex, type Hex } from "@neurond/primitives";
import { keepPulses } from "../../src/pallets/drand/keep.ts";
import type { TestChain } from "../context.ts";

/** The local network that tests encrypt for. */
export const BEACON = drandKeyFromSeed(new TextEncoder().encode("devnet tests"));

const fill = (byte: number, length: number) => new Uint8Array(length).fill(byte);

/** Encrypts for a round, always with the same randomness. */
export const seal = (plaintext: Uint8Array, round: bigint): Uint8Array =>
  timelockEncrypt({
    plaintext,
    round,
    publicKey: BEACON.publicKey,
    key: fill(0x11, 32),
    sigma: fill(0x22, 32),
    nonce: fill(0x33, 12),
  });

/** Weights of a hotkey, encrypted for a round. */
export const sealWeights = (hotkey: Hex, round: bigint, uids: number[], values: number[]) =>
  seal(encodeWeightsPayload({ publicKey: fromHex(hotkey), uids, values, versionKey: 0n }), round);

/** Stores the pulse of a round, as if the network had published it. */
export function publish(chain: TestChain, round: bigint): void {
  const signature = signRound(BEACON.secret, round);
  keepPulses(chain.as(), [{ round, signature, randomness: roundRandomness(signature) }]);
}
