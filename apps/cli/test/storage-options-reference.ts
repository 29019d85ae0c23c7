import { writeFile } from "node:fs/promises";
import {
  API_OPTIONS,
  MINER_OPTIONS,
  OPTION_HEADS,
  type OptionTable,
  optionRows,
  VALIDATOR_OPTIONS,
} from "@neurond/storage-rules";
import { markdownTable } from "../src/markdown.ts";

/** Where the options of storage daemons are told to people. */
export const STORAGE_OPTIONS_FILE = new URL("../../../docs/storage-options.md", import.meta.url);

const INTRODUCTION = `# Options of a storage subnet's daemons

Generated from the tables in \`packages/storage-rules/src/options\`; do not edit. Write it anew with
\`node --conditions=neurond:source apps/cli/test/storage-options-reference.ts\`; a test compares it.

Each is written \`--name value\` or \`--name=value\`, with hyphens or underscores; a list goes on to the
next option. The line wins over the variable, the variable over the configuration file, where options
have the same names. Where upstream has another default than its own documentation, the
documentation's is ours, and upstream's is shown.`;

/** docs/storage-options.md; the options of an API node are its own and all of the validator's. */
export function renderStorageOptions(): string {
  const own = Object.entries<OptionTable[string]>(API_OPTIONS).filter(
    ([name]) => !Object.hasOwn(VALIDATOR_OPTIONS, name),
  );
  const sections = [
    section("Miner", MINER_OPTIONS),
    section("Validator", VALIDATOR_OPTIONS),
    section("API node, beside those of the validator", Object.fromEntries(own)),
  ];
  return `${[INTRODUCTION, ...sections].join("\n\n")}\n`;
}

function section(title: string, table: OptionTable): string {
  return `## ${title}\n\n${markdownTable(OPTION_HEADS, optionRows(table))}`;
}

if (import.meta.main) await writeFile(STORAGE_OPTIONS_FILE, renderStorageOptions());
