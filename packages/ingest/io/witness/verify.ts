import type {
  FirstMethod,
  SignedAnswer,
  StoredAnswer,
  Verification,
  Witness,
} from "@neurond/ingest";
import type { Hotkey } from "@neurond/primitives";

/** What is to be found on chain. */
export interface Claim {
  readonly hotkey: Hotkey;
  /** Block that the listing names. */
  readonly block: number;
  /** 64 lower-case digits. */
  readonly digest: string;
}

/** How it is looked for. */
export interface VerifyOptions {
  readonly first: FirstMethod;
  /** How many blocks around, in case a reorganisation moved the extrinsic. */
  readonly reach: number;
  /** Height up to which blocks are final: what stands above may be gone in a moment. */
  readonly finalized: number;
  readonly nowMs: number;
}

/** After a reorganisation an extrinsic comes back within this many blocks. */
export const REACH = 16;

type Found = Omit<Verification, "checkedMs">;
const nothing = (status: Found["status"]): Found => ({
  status,
  method: "none",
  committed: null,
  foundBlock: null,
  blockTime: null,
});

/**
 * Whether a reporter committed to a digest in a block. The signed call in the body decides, for bodies
 * are kept by every node; `CommitmentOf` is asked where there is no body, or nothing in it.
 */
export async function verifyClaim(
  witness: Witness<AbortSignal>,
  claim: Claim,
  options: VerifyOptions,
  signal: AbortSignal,
): Promise<Verification> {
  const found = await look(witness, claim, options, signal);
  return { ...found, checkedMs: options.nowMs };
}

async function look(
  witness: Witness<AbortSignal>,
  claim: Claim,
  { first, reach, finalized }: VerifyOptions,
  signal: AbortSignal,
): Promise<Found> {
  const { block, hotkey } = claim;
  if (first === "storage") {
    const stored = judgeStored(await witness.stored(block, hotkey, signal), claim);
    if (stored !== null) return stored;
  }
  const body = await witness.signed(block, hotkey, signal);
  const signed = judgeSigned(body, claim, block);
  if (signed !== null) return signed;
  const answer = await witness.stored(block, hotkey, signal);
  const stored = judgeStored(answer, claim);
  if (stored !== null) return stored;
  if (body.kind === "body") {
    const moved = await lookAround(witness, claim, { reach, finalized }, signal);
    if (moved !== null) return moved;
  }
  // Who did not answer may know better; to say that nothing is there is an accusation.
  if (body.kind === "failed" || answer.kind === "failed") return nothing("RPC_ERROR");
  return nothing(body.kind === "gone" && answer.kind === "gone" ? "UNVERIFIABLE" : "MISSING");
}

/** Null: this block's body says nothing about the hotkey. */
function judgeSigned(answer: SignedAnswer, { digest }: Claim, block: number): Found | null {
  if (answer.kind !== "body") return null;
  const { digests, blockTime, isConfirmed, isFollowed } = answer;
  const method = isFollowed ? "followed" : isConfirmed ? "body_event" : "body";
  const place = { method, foundBlock: block, blockTime } as const;
  if (digests.includes(digest)) return { status: "VERIFIED", committed: digest, ...place };
  const committed = digests.findLast((other) => other !== null) ?? null;
  return committed === null ? null : { status: "MISMATCH", committed, ...place };
}

/** Null: the state says nothing about this block, for what it holds was set in another. */
function judgeStored(answer: StoredAnswer, { block, digest }: Claim): Found | null {
  if (answer.kind !== "stored" || answer.block !== block || answer.digest === null) return null;
  const status = answer.digest === digest ? "VERIFIED" : "MISMATCH";
  const place = { foundBlock: block, blockTime: null } as const;
  return { status, method: "storage", committed: answer.digest, ...place };
}

/** The same digest in a block nearby, nearest first; another digest there is about another hour. */
async function lookAround(
  witness: Witness<AbortSignal>,
  claim: Claim,
  { reach, finalized }: Pick<VerifyOptions, "reach" | "finalized">,
  signal: AbortSignal,
): Promise<Found | null> {
  for (let distance = 1; distance <= reach; distance += 1) {
    for (const block of [claim.block + distance, claim.block - distance]) {
      if (block < 0 || block > finalized) continue;
      const answer = await witness.signed(block, claim.hotkey, signal);
      const found = judgeSigned(answer, claim, block);
      if (found?.status === "VERIFIED") return found;
    }
  }
  return null;
}
