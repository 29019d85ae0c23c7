import type { z } from "zod";
import { defineAction } from "../../action.ts";
import type { AuditEquivocationShape } from "./equivocation-schema.ts";

type Result = z.infer<typeof AuditEquivocationShape>;

/** `neurond audit equivocation` */
export const auditEquivocation = defineAction<Result>({
  name: "equivocation",
  summary: "look for two things of which a storage validator or miner may sign one",
  description:
    "Compares everything signed in all sources together: inventories, challenges, answers, verdicts, grants, commitments and reveals. A source is a validator's http address, whose whole log is read, or a file: entries of a log one a line, an evidence file, or anything in JSON that holds such. Two copies of one log, the views of two validators, or a log and what a miner kept contradict each other as well as one log itself. Each pair is a proof by itself: check its file with `neurond proof check`. Exits 1 when something is found, 5 when there is nothing to compare.",
  args: [{ flags: "<source...>", description: "files, http addresses, - for stdin" }],
  options: [
    { flags: "--out <directory>", description: "write each pair as an evidence file here" },
  ],
  examples: [
    "neurond audit equivocation http://192.0.2.7:8092",
    "neurond audit equivocation their-log.jsonl our-log.jsonl --out proofs --json",
  ],
  schema: async () => (await import("./equivocation-schema.ts")).AuditEquivocationShape,
  run: async (call) => {
    const { compareSources } = await import("./compare-sources.ts");
    return compareSources(call);
  },
  human: ({ statements, found }, view) =>
    [
      view.pairs([
        ["statements", String(statements)],
        ["contradictions", String(found.length)],
      ]),
      ...found.map(({ kind, signer, miner, sources, file }) =>
        view.pairs([
          ["signed twice", kind],
          ["by", signer],
          ["miner", miner ?? undefined],
          ["found in", sources.join(" and ")],
          ["proof", file ?? undefined],
        ]),
      ),
    ].join("\n\n"),
  exitCode: ({ verdict }) => (({ none: 0, found: 1, empty: 5 }) as const)[verdict],
});
