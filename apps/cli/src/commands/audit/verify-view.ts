import type { z } from "zod";
import type { View } from "../../output.ts";
import type { AuditVerifyShape } from "./schemas.ts";

type Result = z.infer<typeof AuditVerifyShape>;
type Validator = Result["validators"][number];

/** The result for people: verdicts by number, what is not as it should be, then the familiar lines. */
export function humanVerify({ verdict, validators }: Result, view: View): string {
  return [...validators.map((validator) => humanValidator(validator, view)), verdict].join("\n\n");
}

function humanValidator(validator: Validator, view: View): string {
  const { hotkey, name, source, asOf, hours, gaps, scores, runs, findings, lines } = validator;
  const parts = [
    view.pairs([
      ["validator", name === hotkey ? hotkey : `${name} ${hotkey}`],
      ["source", source],
      ["as of", asOf ?? "no hour is verified"],
      ["hours", `${hours.verified} of ${hours.asked} verified`],
      ...gaps.map(({ start, end }): [string, string] => ["missing", `${start} to ${end}`]),
      ["entries", countsOf(validator)],
      ["runs", runs.length === 0 ? undefined : runsOf(validator)],
      ["profile", scores?.profile],
      ["metagraph", scores?.metagraph ? compared(scores.metagraph) : undefined],
      ["weight row", scores?.weights ? compared(scores.weights) : undefined],
      ["published", scores?.published ? compared(scores.published) : undefined],
    ]),
  ];
  if (runs.length > 0) parts.push(runsTable(runs, view));
  if (findings.length > 0) parts.push(findingsTable(findings, view));
  if (lines.length > 0) parts.push(lines.join("\n"));
  return parts.join("\n\n");
}

function countsOf({ entries }: Validator): string {
  const groups = Map.groupBy(entries, ({ reporter, verdict }) => `${verdict} (${reporter}s)`);
  const counts = [...groups].map(([what, all]) => `${all.length} ${what}`);
  return counts.sort().join(", ") || "none";
}

function runsOf({ runs }: Validator): string {
  const groups = Map.groupBy(runs, ({ verdict }) => verdict);
  return [...groups].map(([verdict, all]) => `${all.length} ${WORDS[verdict]}`).join(", ");
}

const WORDS = {
  agrees: "recompute exactly",
  differs: "differ from their rows",
  not_whole: "not whole in these hours",
  unjudged: "not judged",
} as const;

function compared({ l1, maxDelta, agrees }: { l1: string; maxDelta: string; agrees: boolean }) {
  const word = agrees ? "agrees" : "differs";
  return `${word}: L1 ${l1.slice(0, 7)}, at most ${maxDelta.slice(0, 7)} for one miner`;
}

function runsTable(runs: Validator["runs"], view: View): string {
  return view.table(
    [{ title: "run" }, { title: "family" }, { title: "verdict" }, { title: "what" }],
    runs.map(({ run, family, verdict, detail }) => [run, family, verdict, detail]),
  );
}

function findingsTable(findings: Validator["findings"], view: View): string {
  return view.table(
    [{ title: "severity" }, { title: "finding" }, { title: "hour" }, { title: "what" }],
    findings.map(({ severity, kind, end, detail }) => [severity, kind, end ?? "", detail]),
  );
}
