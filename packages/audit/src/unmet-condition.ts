import type { CommitmentFact } from "@neurond/consensus";
import { parseLogCommitment } from "@neurond/ledger";
import { DOCUMENT } from "@neurond/workload-storage";
import { withheldPeriod } from "@neurond/workload-storage/sweep";
import type { ValidatorAudit } from "./context.ts";
import type { JudgedLog } from "./judge-log.ts";

/**
 * Whether a validator's report on storage does not count with others, as they can know it: by the plan
 * that stands last in the log it committed to with its scores, a secret is due that it has not said.
 */
export function withholdsSecret(
  { about, run }: ValidatorAudit,
  record: JudgedLog,
  commitment: CommitmentFact | null,
): boolean {
  const beside = about.commitments.find(
    ({ block, extrinsic_index, payload }) =>
      block === commitment?.block &&
      extrinsic_index === commitment.extrinsic_index &&
      parseLogCommitment(payload) !== null,
  );
  const head = beside && parseLogCommitment(beside.payload);
  if (!head || record.kind !== "record" || head.size > record.open.size) return false;
  const plan = record.open.entries.findLast(
    ({ index, entry }) =>
      index < head.size &&
      entry?.kind === "document" &&
      entry.type === DOCUMENT.plan &&
      entry.validator === about.hotkey,
  )?.entry;
  return plan?.kind === "document" && withheldPeriod([plan], run.close) !== null;
}
