import type { Chain } from "@neurond/chain";
import { QUICKNET, verifyRound } from "@neurond/crypto";
import { type BlockNumber, fromHex } from "@neurond/primitives";
import { type Beacon, beaconRound } from "@neurond/workload-storage";

/**
 * What nobody knew before a block: its hash and, for kind 1, the drand round that follows it, as the
 * chain's own drand pallet keeps it. Null while it is not there, or when it was pruned; there is no
 * other source to fall back to, because choosing one would be choosing a seed.
 */
export async function readBeacon(
  chain: Chain,
  { kind, block }: { readonly kind: Beacon["kind"]; readonly block: BlockNumber },
  signal: AbortSignal,
): Promise<Beacon | null> {
  const hash = await chain.blockHash(block, { signal });
  if (hash === undefined) return null;
  const blockHash = fromHex(hash);
  if (kind === 0) return { kind, block, blockHash };
  const { chainMs } = await chain.clock({ at: hash, signal });
  const blockSeconds = Math.floor(chainMs / 1000);
  const round = beaconRound(blockSeconds);
  const pulse = await chain.storage("Drand", "Pulses", [round], { signal });
  const signature = signatureOf(pulse);
  if (signature === null || !verifyRound(QUICKNET.publicKey, BigInt(round), signature)) return null;
  return { kind, block, blockHash, blockSeconds, round, signature };
}

function signatureOf(pulse: unknown): Uint8Array | null {
  if (typeof pulse !== "object" || pulse === null || !("signature" in pulse)) return null;
  const { signature } = pulse;
  if (signature instanceof Uint8Array) return signature;
  return typeof signature === "string" && /^0x[0-9a-f]{96}$/.test(signature)
    ? fromHex(signature)
    : null;
}
