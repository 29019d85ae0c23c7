import type { Action } from "../../action.ts";
import { auditUids } from "../uids/audit-uids.ts";
import { auditRun } from "./audit-run.ts";
import { auditBadTag } from "./bad-tag.ts";
import { checkFinding } from "./check.ts";
import { auditEquivocation } from "./equivocation.ts";
import { auditFairness } from "./fairness.ts";
import { auditLog } from "./log.ts";
import { auditStatement } from "./statement.ts";
import { auditSynthetic } from "./synthetic.ts";
import { auditVerify } from "./verify.ts";
import { auditWeights } from "./weights.ts";

/** The commands of `neurond audit`. */
export const auditActions: readonly Action[] = [
  auditRun,
  auditVerify,
  auditSynthetic,
  checkFinding,
  auditFairness,
  auditWeights,
  auditStatement,
  auditUids,
  auditLog,
  auditEquivocation,
  auditBadTag,
];
