import { ENTRY_WARNINGS } from "@neurond/registry";
import type { z } from "zod";
import { defineAction } from "../../action.ts";
import { CHAIN_OPTIONS } from "../../chain.ts";
import { checkText, REACH_OPTIONS } from "./reach.ts";
import type { EntriesShape, EntryShape } from "./schemas.ts";

/** `neurond registry read` */
export const readRegistry = defineAction<z.infer<typeof EntriesShape>>({
  name: "read",
  summary: "show every entry of a subnet's registry, and ask each endpoint",
  options: REACH_OPTIONS,
  shared: ["netuid", "block", ...CHAIN_OPTIONS],
  examples: ["neurond registry read --netuid 11 --network finney"],
  schema: async () => (await import("./schemas.ts")).EntriesShape,
  run: async (call) => (await import("./entries.ts")).entriesOf(call),
  human: ({ entries }) =>
    entries.length === 0 ? "No commitments found" : entries.map(entryText).join("\n\n"),
});

function entryText(entry: z.infer<typeof EntryShape>): string {
  const { hotkey, uid, block, raw, address, port, check, error, warnings } = entry;
  const lines = [
    `Hotkey: ${hotkey}${uid === null ? " (not registered)" : ` (uid ${uid})`}`,
    `Block: ${block}`,
    `Raw: ${raw ?? "none"}`,
    ...(address === null ? [] : [`Address: ${address}`, `Port: ${port}`]),
    `Check Endpoint: ${checkText(check)}`,
    ...(error === null ? [] : [`Error: ${error.type}: ${error.message}`]),
    ...warnings.map((name) => `Warning: ${ENTRY_WARNINGS[name]}`),
  ];
  return lines.join("\n");
}
