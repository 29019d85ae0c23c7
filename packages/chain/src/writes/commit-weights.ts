import { commitHash } from "@neurond/crypto";
import { toHex } from "@neurond/primitives";
import type { ChainContext } from "../context.ts";
import type { Signer, WriteOptions } from "../options.ts";
import { readPendingCommits } from "../reads/pending-commits.ts";
import { indexOf } from "../reads/weights.ts";
import type { State } from "../state.ts";
import type { Submission } from "../submission.ts";
import type { RevealableWeights } from "../weights.ts";
import { checkStanding, weightsBlocksLeft } from "./check-weights.ts";
import { refusedByState } from "./refusal.ts";
import { type Preflight, submit } from "./submit.ts";
import { weightsCall } from "./weights-call.ts";

/** Unrevealed commits the chain holds per hotkey. */
export const MAX_PENDING_COMMITS = 10;

/** Commits to the hash of a row (v2); keep row and salt until the reveal is final. */
export function commitWeights(
  context: ChainContext,
  signer: Signer,
  row: RevealableWeights,
  options: WriteOptions = {},
): Promise<Submission> {
  return submit(context, signer, (state) => checkCommitWeights(state, signer, row), options);
}

/** The checks and the call of a hash commit. */
export async function checkCommitWeights(
  state: State,
  signer: Signer,
  row: RevealableWeights,
): Promise<Preflight> {
  const standing = await checkStanding(state, signer, row, { openly: false });
  if ("code" in standing) return { kind: "rejected", error: standing };
  const { hotkey, index, uid, blocksLeft } = standing;
  const hash = toHex(hashOf(signer, row));
  const pendingHashes = async (at: State) =>
    (await readPendingCommits(at, { ...row, hotkey })).filter(({ kind }) => kind === "hash");
  if ((await pendingHashes(state)).length >= MAX_PENDING_COMMITS) {
    return { kind: "rejected", error: refusedByState("TooManyUnrevealedCommits") };
  }
  if (blocksLeft > 0) return { kind: "tooSoon", blocks: blocksLeft };
  return {
    kind: "ready",
    plan: {
      call: weightsCall("commit", row, { commit_hash: hash }),
      confirm: async (after) => (await pendingHashes(after)).some((item) => item.hash === hash),
      blocksLeft: (now) => weightsBlocksLeft(now, row.netuid, index, uid),
    },
  };
}

/** The hash that a later reveal must match. */
export function hashOf({ publicKey }: Signer, row: RevealableWeights): Uint8Array {
  return commitHash({
    publicKey,
    index: indexOf(row),
    uids: row.weights.map(({ uid }) => uid),
    values: row.weights.map(({ value }) => value),
    salt: row.salt,
    versionKey: row.versionKey ?? 0n,
  });
}
