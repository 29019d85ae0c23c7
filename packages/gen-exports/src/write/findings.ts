import { formatIsoTime, type Micros } from "@neurond/exports";
import type { Fault } from "../faults.ts";

/** Something that an auditor should say beside the verdicts on entries. */
export interface Finding {
  readonly fault: Fault;
  /** End of the slice. */
  readonly end_time: string;
  readonly kind:
    | "SYNTHETIC_MISSING"
    | "SYNTHETIC_MISMATCH"
    | "NO_CSV"
    | "REPORT_CHAIN_BROKEN"
    | "REPORT_REMOVED"
    | "TREE_MISMATCH"
    | "DUPLICATE_ENTRY"
    | "EQUIVOCATION"
    | "REORGED"
    | "REQUEST_EXCLUDED_LATER"
    | "BLACKLISTED"
    | "RECONCILIATION_REFUSED"
    | "PATH_UNSAFE"
    | "OUT_OF_ORDER";
  readonly subject: string;
}

/** A finding of the slice that ends at `end`. */
export const finding = (
  fault: Fault,
  kind: Finding["kind"],
  end: Micros,
  subject: string,
): Finding => ({
  fault,
  end_time: formatIsoTime(end),
  kind,
  subject,
});
