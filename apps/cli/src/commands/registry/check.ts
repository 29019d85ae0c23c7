import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { CHAIN_OPTIONS } from "../../chain.ts";
import type { View } from "../../output.ts";
import type { Column } from "../../table.ts";
import { checkText, REACH_OPTIONS } from "./reach.ts";
import type { CheckedShape, EntryShape } from "./schemas.ts";

/** `neurond registry check` */
export const checkRegistry = defineAction<z.infer<typeof CheckedShape>>({
  name: "check",
  summary: "count and list the entries of a subnet's registry, those that parse before the others",
  options: [
    { flags: "--verbose", description: "say of every invalid commitment what is wrong with it" },
    ...REACH_OPTIONS,
  ],
  shared: ["netuid", "block", ...CHAIN_OPTIONS],
  examples: ["neurond registry check --netuid 11 --verbose"],
  schema: async () => (await import("./schemas.ts")).CheckedShape,
  run: async (call) => {
    const entries = await (await import("./entries.ts")).entriesOf(call);
    return { ...entries, verbose: call.on("verbose") };
  },
  human: ({ totals, entries, verbose }, view) => {
    if (entries.length === 0) return "No commitments found";
    const parsed = entries.filter(({ kind }) => kind === "endpoint");
    const invalid = entries.filter(({ kind }) => kind !== "endpoint");
    return [
      `${totals.commitments} commitments: ${totals.parsed} parsed, ${totals.invalid} invalid`,
      `${totals.reachable} of ${totals.parsed} endpoints valid`,
      ...(parsed.length > 0 ? ["", "Parsed", parsedTable(parsed, view)] : []),
      ...(invalid.length > 0 ? ["", "Invalid", invalidTable(invalid, verbose, view)] : []),
      ...(invalid.length > 0 && !verbose ? ["", "Tip: --verbose says what is wrong"] : []),
    ].join("\n");
  },
});

type Entry = z.infer<typeof EntryShape>;

function parsedTable(entries: readonly Entry[], view: View): string {
  const columns = [
    { title: "HOTKEY" },
    { title: "BLOCK", align: "right" },
    { title: "ADDRESS" },
    { title: "PORT", align: "right" },
    { title: "LENGTH", align: "right" },
    { title: "ENDPOINT" },
    { title: "WARNINGS" },
  ] as const;
  const rows = entries.map(({ hotkey, block, address, port, length, check, warnings }) => {
    const numbers = [String(port), String(length)];
    return [hotkey, String(block), address ?? "", ...numbers, checkText(check), warnings.join(" ")];
  });
  return view.table(columns, rows);
}

function invalidTable(entries: readonly Entry[], isVerbose: boolean, view: View): string {
  const more: readonly Column[] = [
    { title: "BLOCK", align: "right" },
    { title: "ERROR" },
    { title: "MESSAGE" },
  ];
  const columns: readonly Column[] = [
    { title: "HOTKEY" },
    { title: "LENGTH", align: "right" },
    ...(isVerbose ? more : []),
    { title: "RAW" },
  ];
  const rows = entries.map(({ hotkey, block, length, raw, error }) => {
    const why = isVerbose ? [String(block), error?.type ?? "", error?.message ?? ""] : [];
    return [hotkey, String(length), ...why, raw ?? ""];
  });
  return view.table(columns, rows);
}
