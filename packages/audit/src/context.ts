import type { Verify } from "@neurond/crypto";
import { isJson, type Json } from "@neurond/ledger";
import type { Hotkey } from "@neurond/primitives";
import type { RunFacts, ValidatorFacts } from "./facts.ts";
import { FINDINGS, type Finding, type FindingCode } from "./finding.ts";
import type { Rules } from "./rules.ts";
import type { RunTimes } from "./run-times.ts";
import type { AuditedWorkload } from "./workload.ts";

/** What an audit is done with besides the facts. */
export interface AuditTools {
  readonly rules: Rules;
  readonly workloads: readonly AuditedWorkload[];
  readonly verify: Verify;
  /** Called between pieces of work, so that a daemon can answer requests meanwhile. */
  readonly breathe?: () => Promise<void>;
}

/** One validator's part in the audit of a run. */
export interface ValidatorAudit extends AuditTools {
  readonly run: RunTimes;
  readonly facts: RunFacts;
  readonly about: ValidatorFacts;
}

/** Makes the findings of one validator and run. */
export function findingOf(
  {
    run,
    about,
  }: {
    readonly run: Pick<RunTimes, "id">;
    readonly about: Pick<ValidatorFacts, "hotkey">;
  },
  code: FindingCode,
  summary: string,
  claim: object,
  miner: Hotkey | null = null,
): Finding {
  const { severity } = FINDINGS[code];
  return {
    code,
    severity,
    runId: run.id,
    validator: about.hotkey,
    miner,
    summary,
    claim: plain(claim),
  };
}

/** A claim as JSON; members that are not there are left out, as in any JSON. */
function plain(claim: object): Json {
  const value: unknown = JSON.parse(JSON.stringify(claim));
  if (isJson(value)) return value;
  throw new TypeError("a claim holds what has no canonical form");
}
