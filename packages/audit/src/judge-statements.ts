import { findingOf, type ValidatorAudit } from "./context.ts";
import { contradictionsIn, twoPlansIn } from "./contradictions.ts";
import type { Finding, FindingCode } from "./finding.ts";
import type { JudgedLog } from "./judge-log.ts";
import { readStorageLog } from "./period/storage-log.ts";
import { contradictionText, planClaim } from "./tell-contradiction.ts";

type RecordedRun = Extract<JudgedLog, { kind: "record" }>;

/** What a validator's record of storage contradicts itself in: one finding of each code and miner. */
export async function judgeStatements(
  audit: ValidatorAudit,
  { open, head, end }: RecordedRun,
): Promise<readonly Finding[]> {
  const { hotkey: validator, bodies } = audit.about;
  const bodyOf = (hash: string) => bodies.get(hash);
  const entries = open.entries.filter(({ index }) => index < end);
  const log = readStorageLog(entries, validator, bodyOf);
  const owner = { netuid: audit.facts.netuid, validator };
  const findings = new Map<string, Finding>();
  for (const found of contradictionsIn(log, owner, bodyOf, audit.verify)) {
    const [code, text, claim, miner] = contradictionText(found, validator);
    const name = `${code} ${miner}`;
    if (!findings.has(name)) findings.set(name, findingOf(audit, code, text, claim, miner));
  }
  const [plans] = twoPlansIn(log);
  if (plans !== undefined) {
    const code: FindingCode = "STORAGE_EQUIVOCATION";
    const prove = (index: number) => open.prove(index, end);
    const claim = await planClaim({ head, prove }, ...plans);
    const text = "logged two plans of one run";
    findings.set("plans", findingOf(audit, code, text, claim));
  }
  return [...findings.values()];
}
