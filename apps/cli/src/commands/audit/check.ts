import type { Evidence } from "@neurond/audit";
import type { CommitmentFact } from "@neurond/consensus";
import { CodedError, toNetuid } from "@neurond/primitives";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { Call } from "../../call.ts";
import { CHAIN_OPTIONS, withChain } from "../../chain.ts";
import type { UsageCode } from "../../failures.ts";
import { readInput } from "../../input.ts";
import type { AuditCheckShape } from "./schemas.ts";

type Checked = z.infer<typeof AuditCheckShape>;

/** `neurond audit check` */
export const checkFinding = defineAction<Checked>({
  name: "check",
  summary: "check an evidence file by itself, without trusting its auditor",
  description:
    "Signatures, hashes, inclusion proofs and verdicts are done again. What only the chain can say is listed for you to look up. Exits 1 when the file is refused.",
  args: [{ flags: "<file>", description: "an evidence file of an auditor, - for stdin" }],
  options: [
    { flags: "--on-chain", description: "look the commitments it rests on up on chain as well" },
  ],
  shared: [...CHAIN_OPTIONS],
  examples: [
    "neurond audit check run-7-REPORT_FORGED-1f2e3d4c5b6a.json",
    "neurond audit check finding.json --on-chain -n finney",
    "neurond audit check - --json",
  ],
  schema: async () => (await import("./schemas.ts")).AuditCheckShape,
  run: async (call) => {
    const bytes = await readInput(call, call.args[0] ?? "-");
    const value = parse(new TextDecoder().decode(bytes));
    const { auditedWorkloads, checkEvidence } = await import("@neurond/audit");
    const { verifySr25519Fast } = await import("@neurond/crypto");
    const judge = { workloads: auditedWorkloads(), verify: verifySr25519Fast };
    const verdict = await checkEvidence(value, judge);
    if (verdict.kind === "refused") {
      const { fault, reason } = verdict;
      return { verdict: "refused", auditor: null, fault, reason, onChain: [], found: null };
    }
    // What was not refused has the shape of evidence.
    const { code, severity, run_id, validator, miner, summary, auditor } = value as Evidence;
    const { netuid } = value as Evidence;
    const absent = call.on("on-chain") ? await absentFacts(call, netuid, verdict.facts) : null;
    if (absent !== null && absent.length > 0) {
      const reason = `no such commitment stands on chain: ${absent.map(({ block, payload }) => `${payload} in block ${block}`).join(", ")}`;
      return {
        verdict: "refused",
        auditor,
        fault: "FACT_ABSENT",
        reason,
        onChain: [],
        found: false,
      };
    }
    const facts = verdict.facts.map(({ block, extrinsic_index, extrinsic_hash, payload }) => {
      return `block ${block}, extrinsic ${extrinsic_index} (${extrinsic_hash}): ${payload}`;
    });
    return {
      code,
      severity,
      run: run_id,
      validator,
      miner,
      summary,
      verdict: verdict.kind,
      auditor,
      fault: null,
      reason: null,
      onChain: [...new Set([...(absent === null ? facts : []), ...verdict.chain])],
      found: absent === null ? null : true,
    };
  },
  human: (checked, view) =>
    view.pairs([
      ["verdict", checked.verdict],
      ["finding", checked.code && `${checked.code} (${checked.severity})`],
      ["run", checked.run],
      ["validator", checked.validator],
      ["miner", checked.miner ?? undefined],
      ["what", checked.summary],
      ["signed by", checked.auditor ?? undefined],
      ["commitments", checked.found === true ? "found on chain" : undefined],
      ["refused", checked.fault === null ? undefined : `${checked.fault}: ${checked.reason}`],
      ...checked.onChain.map((text): [string, string] => ["look up on chain", text]),
    ]),
  exitCode: ({ verdict }) => (verdict === "refused" ? 1 : 0),
});

async function absentFacts(
  call: Call,
  netuid: number,
  facts: readonly CommitmentFact[],
): Promise<readonly CommitmentFact[]> {
  const { findFacts } = await import("@neurond/audit/io");
  return withChain(call, async (chain) => {
    const { absent } = await findFacts(chain, toNetuid(netuid), facts, call.signal);
    return absent;
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = "the file is not JSON; give an evidence file of an auditor";
    throw new CodedError<UsageCode>("INPUT_INVALID", message, {}, { cause });
  }
}
