import { framedHash, u16, u32, type Verify } from "@neurond/crypto";
import { type Hotkey, publicKeyOf, toHex } from "@neurond/primitives";
import { concatBytes } from "@noble/hashes/utils.js";
import { type Challenge, challengeSeed, PERIOD_BLOCKS } from "./challenge.ts";
import { compareBytes } from "./entry.ts";
import { type Inventory, inventoryDigest } from "./inventory.ts";
import { encodeParties } from "./parties.ts";
import { type Grant, grantDigest } from "./sweep/grant.ts";
import { type PeriodStatement, periodDigest } from "./sweep/period-records.ts";
import { answerDigest, type VerdictClaim, verdictDigest } from "./transcript.ts";

/** Something one key may say only once per tuple, whole, so that its tuple cannot be lied about. */
export type Statement =
  | { readonly kind: "inventory"; readonly inventory: Inventory }
  | { readonly kind: "challenge"; readonly challenge: Challenge }
  | { readonly kind: "answer"; readonly challenge: Challenge; readonly response: Uint8Array }
  | {
      readonly kind: "verdict";
      readonly challenge: Challenge;
      readonly claim: Omit<VerdictClaim, "challenge">;
    }
  | { readonly kind: "grant"; readonly grant: Grant }
  | { readonly kind: "period"; readonly said: PeriodStatement };

/** A statement with the signature of whoever has to sign that kind. */
export interface SignedStatement {
  readonly statement: Statement;
  readonly signature: Uint8Array;
}

/** Who signs a kind, for which tuple, and which bytes. */
interface Meaning {
  readonly signer: Hotkey;
  readonly tuple: Uint8Array;
  readonly digest: Uint8Array;
}

/**
 * Whether two signed statements prove that one key said two things where it may say one: two
 * inventories of a run, two challenges or verdicts of a slot, two answers to a challenge, two grants
 * of a shard from one period on, two commitments or reveals of a period.
 */
export function isEquivocation(a: SignedStatement, b: SignedStatement, verify: Verify): boolean {
  if (a.statement.kind !== b.statement.kind) return false;
  const [one, other] = [meaningOf(a.statement), meaningOf(b.statement)];
  if (one.signer !== other.signer || toHex(one.tuple) !== toHex(other.tuple)) return false;
  if (compareBytes(one.digest, other.digest) === 0) return false;
  return isSigned(one, a.signature, verify) && isSigned(other, b.signature, verify);
}

/** Who signed a statement, and a name that all statements share of which that key may make one. */
export function subjectOf(statement: Statement): {
  readonly signer: Hotkey;
  readonly name: string;
  /** What is said: equal for equal statements only. */
  readonly digest: string;
} {
  const { signer, tuple, digest } = meaningOf(statement);
  const kind = statement.kind === "period" ? statement.said.kind : statement.kind;
  return { signer, name: `${kind} ${signer} ${toHex(tuple)}`, digest: toHex(digest) };
}

function isSigned({ signer, digest }: Meaning, signature: Uint8Array, verify: Verify): boolean {
  return verify(publicKeyOf(signer), digest, signature);
}

function meaningOf(statement: Statement): Meaning {
  switch (statement.kind) {
    case "inventory": {
      const { inventory } = statement;
      const tuple = concatBytes(encodeParties(inventory), u32(inventory.run));
      return { signer: inventory.validator, tuple, digest: inventoryDigest(inventory) };
    }
    case "challenge": {
      const { challenge } = statement;
      const digest = challengeSeed(challenge);
      return { signer: challenge.validator, tuple: slotTuple(challenge), digest };
    }
    case "answer": {
      const { challenge, response } = statement;
      const seed = challengeSeed(challenge);
      return { signer: challenge.miner, tuple: seed, digest: answerDigest(seed, response) };
    }
    case "verdict": {
      const { challenge, claim } = statement;
      const digest = verdictDigest({ ...claim, challenge: challengeSeed(challenge) });
      return { signer: challenge.validator, tuple: slotTuple(challenge), digest };
    }
    case "grant": {
      const { grant } = statement;
      const tuple = concatBytes(encodeParties(grant), grant.shardId, u32(grant.firstPeriod));
      return { signer: grant.validator, tuple, digest: grantDigest(grant) };
    }
    case "period": {
      const { said } = statement;
      const { netuid, validator, period, blocks = PERIOD_BLOCKS } = said.period;
      const name = [u16(netuid), u32(period), u32(blocks)];
      const tuple = framedHash(`period/${said.kind}`, ...name);
      return { signer: validator, tuple, digest: periodDigest(said) };
    }
  }
}

function slotTuple(challenge: Challenge): Uint8Array {
  return concatBytes(encodeParties(challenge), u32(challenge.run), u16(challenge.slot));
}
