import { fromHex } from "@neurond/primitives";
import {
  BadTagRecord,
  badTagOf,
  CommitmentRecord,
  isPeriodSigned,
  verifyBadTag,
} from "@neurond/workload-storage/sweep";
import { z } from "zod";
import { type CheckClaim, malformed, notProven, proven } from "./claim.ts";

/** A miner's proof that a tag is wrong, and the commitment that its secret opens. */
export const BadTagClaim = z.strictObject({ commitment: CommitmentRecord, proof: BadTagRecord });

/** Whoever has the secret computes the tag that should have been there. */
export const checkBadTag: CheckClaim = (claim, { validator, miner }, { verify }) => {
  const parsed = BadTagClaim.safeParse(claim);
  if (!parsed.success) return malformed("not a proof of a wrong tag");
  const { commitment: record } = parsed.data;
  const { netuid, period, blocks } = record;
  const proof = badTagOf(parsed.data.proof);
  const { grant } = proof.grant;
  const isTheirs = record.validator === validator && grant.validator === validator;
  if (!isTheirs || grant.miner !== miner || proof.period !== period || grant.netuid !== netuid) {
    return notProven("the proof is about somebody else");
  }
  const commitment = fromHex(record.commitment);
  const said = {
    kind: "commitment",
    period: { netuid, validator, period, blocks },
    commitment,
  } as const;
  if (!isPeriodSigned(said, fromHex(record.signature), verify)) {
    return notProven("the validator did not commit to this");
  }
  const fault = verifyBadTag(proof, commitment, verify);
  return fault === null ? proven() : notProven(`the proof shows nothing: ${fault}`);
};
