import type { FindingCode } from "../finding.ts";
import {
  checkBodyMissing,
  checkLogUnavailable,
  checkOfflineRateDiffers,
  checkReportMissing,
  checkWeightsMissing,
} from "./asserted.ts";
import { checkBadTag } from "./bad-tag.ts";
import type { CheckClaim } from "./claim.ts";
import { checkCommitmentLate } from "./commitment-late.ts";
import { checkEquivocation, checkReportVsCommitment } from "./contradiction.ts";
import { checkInventoryOmits, checkReceiptMissing } from "./inventory-faults.ts";
import { checkLogForked } from "./log-forked.ts";
import { checkKeyWithheld, checkKeyWrong } from "./period-keys.ts";
import { checkPlanUnanchored } from "./plan-unanchored.ts";
import { checkRecordIncomplete } from "./record-incomplete.ts";
import { checkReportForged } from "./report-forged.ts";
import { checkAnswerEquivocation, checkStorageEquivocation } from "./storage-equivocation.ts";
import {
  checkAnswerLate,
  checkForgedAccept,
  checkForgedReject,
  checkGrantMisstated,
} from "./swept.ts";
import { checkTimelockFalse } from "./timelock-false.ts";
import { checkTokenReused, checkTokenSkipped } from "./token-misuse.ts";
import { checkVerdictForged } from "./verdict-forged.ts";
import { checkWeightsMismatch } from "./weights-mismatch.ts";

/** How the evidence of each finding is checked. */
export const CHECKS: Readonly<Record<FindingCode, CheckClaim>> = {
  REPORT_FORGED: checkReportForged,
  REPORT_MISSING: checkReportMissing,
  REPORT_VS_COMMITMENT: checkReportVsCommitment,
  COMMITMENT_LATE: checkCommitmentLate,
  LOG_FORKED: checkLogForked,
  LOG_UNAVAILABLE: checkLogUnavailable,
  BODY_MISSING: checkBodyMissing,
  VERDICT_FORGED: checkVerdictForged,
  PLAN_UNANCHORED: checkPlanUnanchored,
  RECORD_INCOMPLETE: checkRecordIncomplete,
  WEIGHTS_MISMATCH: checkWeightsMismatch,
  WEIGHTS_MISSING: checkWeightsMissing,
  EQUIVOCATION: checkEquivocation,
  FORGED_ACCEPT: checkForgedAccept,
  FORGED_REJECT: checkForgedReject,
  BAD_TAG: checkBadTag,
  KEY_WRONG: checkKeyWrong,
  KEY_WITHHELD: checkKeyWithheld,
  TIMELOCK_FALSE: checkTimelockFalse,
  ANSWER_LATE: checkAnswerLate,
  GRANT_MISSTATED: checkGrantMisstated,
  RECEIPT_MISSING: checkReceiptMissing,
  INVENTORY_OMITS: checkInventoryOmits,
  STORAGE_EQUIVOCATION: checkStorageEquivocation,
  ANSWER_EQUIVOCATION: checkAnswerEquivocation,
  TOKEN_REUSED: checkTokenReused,
  TOKEN_SKIPPED: checkTokenSkipped,
  OFFLINE_RATE_DIFFERS: checkOfflineRateDiffers,
};
