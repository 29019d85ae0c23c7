import {
  canonicalJson,
  domainHash,
  type Hotkey,
  publicKeyOf,
  type RunId,
} from "@neurond/primitives";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { FamilyId } from "./family.ts";

/** Scores by hotkey, in millionths. */
export type ScoreMap = Readonly<Record<string, number>>;

/** Bytes of the salt that keeps coarse scores from being guessed before they are revealed. */
export const SALT_BYTES = 32;

/** What a scores hash covers: neither time, nor counts, nor signature. */
export interface HashedScores {
  readonly run_id: RunId;
  readonly family_id: FamilyId;
  readonly scores: ScoreMap;
}

/** The bytes under the scores hash: canonical JSON with the scores sorted by hotkey. */
export function scoresPreimage({ run_id, family_id, scores }: HashedScores): string {
  const sorted = Object.entries(scores).sort(([a], [b]) => (a < b ? -1 : 1));
  return canonicalJson({ v: 1, run_id, family_id, scores: sorted });
}

/** H: the SHA-256 that stands for a map of scores; 64 hexadecimal digits. */
export function scoresHash(scores: HashedScores): string {
  return bytesToHex(sha256(utf8ToBytes(scoresPreimage(scores))));
}

/**
 * sha256(H ‖ salt ‖ hotkey), what is committed before the reveal. The salt stops guessing of coarse
 * scores; the hotkey's public key stops a validator from committing to another's hash.
 */
export function saltedHash(hash: string, salt: Uint8Array, validator: Hotkey): string {
  return bytesToHex(sha256(concatBytes(hexToBytes(hash), salt, publicKeyOf(validator))));
}

/** The root that stands for several families in the one slot an account has on chain. */
export function familiesRoot(runId: RunId, hashes: ReadonlyMap<FamilyId, string>): string {
  const lines = [...hashes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, hash]) => `${family}:${hash}\n`);
  return bytesToHex(domainHash("eirel/root/v2", `${runId}\n`, ...lines));
}
