import { fromHex } from "@neurond/primitives";
import {
  CommitmentRecord,
  isEquivocation,
  parseSignedGrant,
  RevealRecord,
  SignedGrantRecord,
  type SignedStatement,
} from "@neurond/workload-storage";
import { z } from "zod";
import { type CheckClaim, malformed, notProven, proven } from "./claim.ts";

/** Two records of one kind that one key signed about one thing. */
export const StorageEquivocation = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("commitment"), a: CommitmentRecord, b: CommitmentRecord }),
  z.strictObject({ kind: z.literal("reveal"), a: RevealRecord, b: RevealRecord }),
  z.strictObject({ kind: z.literal("grant"), a: SignedGrantRecord, b: SignedGrantRecord }),
]);
export type StorageEquivocation = z.infer<typeof StorageEquivocation>;

/** The pair of signed statements is the whole proof. */
export const checkStorageEquivocation: CheckClaim = (claim, { validator }, { verify }) => {
  const parsed = StorageEquivocation.safeParse(claim);
  if (!parsed.success) return malformed("not two statements");
  const [a, b] = signedStatements(parsed.data);
  if (signerOf(parsed.data) !== validator) return notProven("another key signed them");
  return isEquivocation(a, b, verify) ? proven() : notProven("the two do not contradict");
};

function signerOf(claim: StorageEquivocation): string {
  return claim.kind === "grant" ? claim.a.grant.validator : claim.a.validator;
}

/** The two statements, with the validator's signatures. */
export function signedStatements(
  claim: StorageEquivocation,
): readonly [SignedStatement, SignedStatement] {
  switch (claim.kind) {
    case "commitment":
      return [committed(claim.a), committed(claim.b)];
    case "reveal":
      return [revealed(claim.a), revealed(claim.b)];
    case "grant":
      return [granted(claim.a), granted(claim.b)];
  }
}

function committed({ signature, commitment, ...period }: CommitmentRecord): SignedStatement {
  const said = { kind: "commitment", period, commitment: fromHex(commitment) } as const;
  return { statement: { kind: "period", said }, signature: fromHex(signature) };
}

function revealed({ signature, secret, ...period }: RevealRecord): SignedStatement {
  const said = { kind: "reveal", period, secret: fromHex(secret) } as const;
  return { statement: { kind: "period", said }, signature: fromHex(signature) };
}

function granted(record: SignedGrantRecord): SignedStatement {
  const { grant, validatorSignature } = parseSignedGrant(record);
  return { statement: { kind: "grant", grant }, signature: validatorSignature };
}
