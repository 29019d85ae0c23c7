import { concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { type LegacyGenerators, legacyCommit } from "./commit.ts";
import { hashData } from "./hash-data.ts";
import {
  type LegacyStep,
  legacyMerkleProof,
  legacyMerkleRoot,
  verifyLegacyMerkle,
} from "./merkle.ts";
import { decodeLegacyPoint, encodeLegacyPoint } from "./point-text.ts";

/** What a validator asked for. */
export interface LegacyChallenge extends LegacyGenerators {
  /** 64 hex digits. */
  readonly seed: string;
  readonly chunkBytes: number;
  readonly chunk: number;
}

/** What a miner sent. All of it is the miner's own word. */
export interface LegacyAnswer {
  readonly commitmentHash: string;
  readonly commitmentProof: string;
  /** Point text. */
  readonly commitment: string;
  readonly chunk: Uint8Array;
  readonly randomness: bigint;
  readonly merkleProof: readonly LegacyStep[];
  readonly merkleRoot: Uint8Array;
}

/** The answer of a miner that has the data and the seed of the time before. */
export function answerLegacyChallenge(
  data: Uint8Array,
  previousSeed: string,
  challenge: LegacyChallenge,
  random: () => bigint,
): LegacyAnswer {
  const { seed, chunkBytes, chunk } = challenge;
  const chunks = Array.from({ length: Math.ceil(data.length / chunkBytes) }, (_, at) => {
    const bytes = data.subarray(at * chunkBytes, (at + 1) * chunkBytes);
    const randomness = random();
    const point = legacyCommit(challenge, concatBytes(bytes, ascii(seed)), randomness);
    return { bytes, randomness, commitment: encodeLegacyPoint(point) };
  });
  // Leaves are the bytes of the commitments' texts.
  const leaves = chunks.map(({ commitment }) => hexToBytes(commitment));
  const asked = chunks[chunk];
  // As there: an index past the end is an error of the miner, though the validator chose it.
  if (asked === undefined) throw new RangeError(`no chunk ${chunk} in ${chunks.length}`);
  const commitmentProof = String(hashData(concatBytes(data, ascii(previousSeed))));
  return {
    commitmentProof,
    commitmentHash: String(hashData(ascii(commitmentProof + seed))),
    commitment: asked.commitment,
    chunk: asked.bytes,
    randomness: asked.randomness,
    merkleProof: legacyMerkleProof(leaves, chunk),
    merkleRoot: legacyMerkleRoot(leaves),
  };
}

/**
 * What the original validator checked of a challenge. It holds neither data nor root nor anything
 * the miner said before, so both sides of every comparison come from the miner.
 */
export function acceptsLegacyChallenge(challenge: LegacyChallenge, answer: LegacyAnswer): boolean {
  const { seed } = challenge;
  const stated = decodeLegacyPoint(answer.commitment);
  const opened = legacyCommit(challenge, concatBytes(answer.chunk, ascii(seed)), answer.randomness);
  return (
    acceptsLegacyRetrieval(seed, answer) &&
    stated?.equals(opened) === true &&
    verifyLegacyMerkle(hexToBytes(answer.commitment), answer.merkleProof, answer.merkleRoot)
  );
}

/** What was checked when a user fetched data: nothing of the data. */
export function acceptsLegacyRetrieval(
  seed: string,
  answer: Pick<LegacyAnswer, "commitmentHash" | "commitmentProof">,
): boolean {
  return answer.commitmentHash === String(hashData(ascii(answer.commitmentProof + seed)));
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
