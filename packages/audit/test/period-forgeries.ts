import { DOCUMENT } from "@neurond/workload-storage";
import type { FindingCode } from "../src/finding.ts";
import type { Wrong } from "./period-world.ts";

/** Every way to go wrong about a period: what is found, and what its evidence comes to. */
export const PERIOD_FORGERIES: readonly (readonly [
  FindingCode,
  string,
  Wrong,
  "proven" | "asserted",
])[] = [
  ["FORGED_ACCEPT", "a pass for lost data", { loses: true, verdict: 1 }, "proven"],
  ["FORGED_REJECT", "a fail for kept data", { verdict: 0 }, "proven"],
  ["BAD_TAG", "tags that fail whoever has the data", { tags: "wrong", verdict: 0 }, "proven"],
  ["KEY_WRONG", "another secret than committed to", { reveal: "another secret" }, "proven"],
  ["KEY_WITHHELD", "no secret when it is due", { reveal: "none" }, "asserted"],
  ["TIMELOCK_FALSE", "another secret locked", { locks: "another secret" }, "proven"],
  ["TIMELOCK_FALSE", "nonsense locked", { locks: "nonsense" }, "proven"],
  [
    "FORGED_ACCEPT",
    "a pass for lost data, and the secret kept but locked",
    { loses: true, verdict: 1, reveal: "none", locks: "the secret" },
    "proven",
  ],
  ["ANSWER_LATE", "an answer after the secret", { reveal: "before the answers" }, "asserted"],
  ["STORAGE_EQUIVOCATION", "two secrets", { reveal: "twice" }, "proven"],
  ["STORAGE_EQUIVOCATION", "two inventories of a run", { twice: "inventory" }, "proven"],
  ["STORAGE_EQUIVOCATION", "two plans of a run", { twice: "plan" }, "proven"],
  ["STORAGE_EQUIVOCATION", "two verdicts on a slot", { twice: "verdict" }, "proven"],
  ["STORAGE_EQUIVOCATION", "two challenges in a slot", { twice: "challenge" }, "proven"],
  ["ANSWER_EQUIVOCATION", "a miner's two answers", { twice: "answer" }, "proven"],
  ["GRANT_MISSTATED", "a sweep of fewer shards than granted", { misstates: true }, "asserted"],
  ["RECEIPT_MISSING", "shards without receipts", { without: DOCUMENT.receipt }, "asserted"],
  ["INVENTORY_OMITS", "a shard left out", { omits: true }, "asserted"],
];
