import { type Keypair, keypairFromSeed } from "@neurond/crypto";
import { domainHash, hotkeyOf } from "@neurond/primitives";

/** A key that exists for this data set only: whoever knows the seed can sign with it. */
export function keyOf(seed: number, name: string): Keypair {
  return keypairFromSeed(domainHash("neurond/gen-exports/key", `${seed}/${name}`));
}

/** Its ss58 text. */
export function addressOf(seed: number, name: string): string {
  return hotkeyOf(keyOf(seed, name).publicKey);
}
