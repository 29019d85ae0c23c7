import type { Hotkey } from "@neurond/primitives";
import { findingOf } from "../context.ts";
import type { Finding } from "../finding.ts";
import type { PeriodSource } from "./period-findings.ts";
import type { TokenFault } from "./tokens-asked.ts";

/** Tells of tokens that were not the next; one of a kind about each miner says all that is needed. */
export async function tokenFindings(
  { tokenFaults }: { readonly tokenFaults: readonly TokenFault[] },
  { run, head, prove }: PeriodSource,
  about: { readonly hotkey: Hotkey },
): Promise<readonly Finding[]> {
  const told = new Set<string>();
  const findings: Finding[] = [];
  for (const { kind, miner, number, index, earlier } of tokenFaults) {
    if (told.has(`${kind} ${miner}`)) continue;
    told.add(`${kind} ${miner}`);
    const entry = await prove(index);
    const claim = { head, entry, earlier: earlier === null ? null : await prove(earlier) };
    const code = kind === "reused" ? "TOKEN_REUSED" : "TOKEN_SKIPPED";
    const text =
      kind === "reused"
        ? `asked ${miner} token ${number} of a shard after it, or a later one, was asked`
        : `asked ${miner} token ${number} of a shard, and never one before it`;
    findings.push(findingOf({ run, about }, code, text, claim, miner));
  }
  return findings;
}
