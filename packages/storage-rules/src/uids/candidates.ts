import { type Hex, type Rao, toHex, type Uid } from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";

/** What decides whether a neuron may be drawn; a row of a metagraph has it all. */
export interface CandidateNeuron {
  readonly uid: Uid;
  readonly validatorPermit: boolean;
  readonly totalStake: Rao;
  /** What it announced; a neuron that serves nothing cannot be asked. */
  readonly axon: object | undefined;
}

/** Who stays out beside those the chain says. */
export interface CandidateRules {
  /** A neuron with a permit and more stake than this is a validator, not a miner. */
  readonly vpermitLimit: Rao;
  /** Uids to leave out, such as the validator's own or miners at their limit of storage. */
  readonly excluded?: readonly Uid[];
}

/** The uids that may be drawn, ascending: they serve, and are no validators. */
export function candidateUids(
  neurons: Iterable<CandidateNeuron>,
  { vpermitLimit, excluded = [] }: CandidateRules,
): readonly Uid[] {
  const out = new Set(excluded);
  return [...neurons]
    .filter(({ uid, axon, validatorPermit, totalStake }) => {
      const isValidator = validatorPermit && totalStake > vpermitLimit;
      return axon !== undefined && !isValidator && !out.has(uid);
    })
    .map(({ uid }) => uid)
    .sort((a, b) => a - b);
}

/** SHA-256 of the list of candidates, each as two bytes, the most significant first. */
export function candidateHash(candidates: readonly number[]): Hex {
  const bytes = new Uint8Array(2 * candidates.length);
  const view = new DataView(bytes.buffer);
  for (const [at, uid] of candidates.entries()) view.setUint16(2 * at, uid);
  return toHex(sha256(bytes));
}
