import type { CommitmentFact } from "@neurond/consensus";
import type { Verify } from "@neurond/crypto";
import {
  checkCheckpoint,
  type HeadText,
  isSoundReport,
  parseLogCommitment,
  readReportShape,
  type SignedReport,
} from "@neurond/ledger";
import type { Hotkey, Netuid } from "@neurond/primitives";
import { z } from "zod";

const hash = z.string().regex(/^0x[0-9a-f]{64}$/);

/** A field of a commitment and where it stands on chain; whether it stands there only the chain can say. */
export const Fact: z.ZodType<CommitmentFact> = z.strictObject({
  block: z.int().min(0).max(0xffff_ffff),
  block_hash: hash,
  extrinsic_index: z.int().min(0),
  extrinsic_hash: hash,
  payload: z.string().max(128),
});

/** How a validator vouched for the head of its log. */
export const Head = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("report"), report: z.unknown() }),
  z.strictObject({ kind: z.literal("checkpoint"), checkpoint: z.unknown() }),
  z.strictObject({ kind: z.literal("anchor"), fact: Fact }),
]);
export type Head = Readonly<z.infer<typeof Head>>;

/** Whose log it is. */
export interface Subject {
  readonly netuid: Netuid;
  readonly validator: Hotkey;
}

/** A head the validator is bound by, and the facts it rests on besides a signature. */
export interface BindingHead {
  readonly head: HeadText;
  readonly facts: readonly CommitmentFact[];
}

/** Opens a head; null when it does not bind the validator. */
export function openHead(head: Head, subject: Subject, verify: Verify): BindingHead | null {
  switch (head.kind) {
    case "report": {
      const report = soundReport(head.report, subject.validator, verify);
      return report?.checkpoint === undefined ? null : { head: report.checkpoint, facts: [] };
    }
    case "checkpoint": {
      const checked = checkCheckpoint(head.checkpoint, { ...subject, verify });
      if (!checked.ok) return null;
      const { size, root } = checked.checkpoint;
      return { head: { size, root }, facts: [] };
    }
    case "anchor": {
      const anchored = parseLogCommitment(head.fact.payload);
      return anchored === null ? null : { head: anchored, facts: [head.fact] };
    }
  }
}

/** A report as a value, if its content stands by itself and the validator signed it. */
export function soundReport(
  value: unknown,
  validator: Hotkey,
  verify: Verify,
): SignedReport | null {
  const shape = readReportShape(typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
  if (!shape.ok || shape.report.validator_hotkey !== validator) return null;
  return isSoundReport(shape.report, verify) ? shape.report : null;
}
