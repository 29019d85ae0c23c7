import type { Action } from "../../action.ts";
import { auditRun } from "./audit-run.ts";
import { checkFinding } from "./check.ts";
import { auditSynthetic } from "./synthetic.ts";
import { auditVerify } from "./verify.ts";

/** The commands of `neurond audit`. */
export const auditActions: readonly Action[] = [
  auditRun,
  auditVerify,
  auditSynthetic,
  checkFinding,
];
