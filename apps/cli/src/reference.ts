import { writeFile } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { HOTKEY_VARIABLES } from "@neurond/chain/wallet";
import type { Argument, Command } from "commander";
import { z } from "zod";
import type { Action } from "./action.ts";
import { commandTree, growCommand } from "./command-tree.ts";
import { COMMANDS } from "./commands/index.ts";
import { EXIT_CODES } from "./failures.ts";
import { code, markdownTable } from "./markdown.ts";
import { GLOBAL_OPTIONS, SHARED_OPTIONS, type SharedOption } from "./options.ts";
import { shapeRows } from "./schema-shape.ts";

/** Where the reference is kept. */
export const REFERENCE_FILE = new URL("../../../docs/cli.md", import.meta.url);

/** docs/cli.md, from the command tree and the schemas of results. */
export async function renderReference(): Promise<string> {
  const sections = [introduction(), exitCodes(), sharedOptions()];
  const program = unusedTree();
  for (const entry of COMMANDS) {
    const command = program.commands.find((one) => one.name() === entry.name);
    if (command === undefined) continue;
    await growCommand(command, entry, async () => undefined);
    sections.push(`## neurond ${entry.name}\n\n${sentence(entry.summary)}`);
    for (const action of await entry.load()) {
      const target = command.commands.find((one) => one.name() === action.name) ?? command;
      sections.push(await renderAction(action, target, `neurond ${entry.name}`));
    }
  }
  return `${sections.join("\n\n")}\n`;
}

function introduction(): string {
  return `# neurond: every command

Generated from the commands themselves; do not edit. Write it anew with
\`node --conditions=neurond:source apps/cli/src/reference.ts\`; a test compares it.

The result of a command is alone on stdout: a table or text for people, or with \`--json\` one line of
JSON in the shape shown with each command. Notes, warnings and progress go to stderr. A failure is one
line \`neurond: CODE: message\` on stderr; with \`--json\` it is
\`{"error":{"code","message","context"}}\` on stdout instead. \`ftcli\` is the same program: started by
that name, it says \`ftcli\` for \`neurond\`.

Options are written \`--x y\` or \`--x=y\`, with hyphens or underscores. A value is taken from the flag,
else from the \`--config\` file, else from the environment, else it is the default.

Commands that sign with a hotkey take it from the environment when no flag names a wallet, for services
without a wallet directory: a key file (${named(HOTKEY_VARIABLES.file)}), a mnemonic
(${named(HOTKEY_VARIABLES.mnemonic)}), a seed (${named(HOTKEY_VARIABLES.seed)}) or a development URI
(${named(HOTKEY_VARIABLES.uri)}). The password of an encrypted key is taken from
\`--wallet.password-file\`, \`BT_WALLET_PASSWORD_FILE\`, btwallet's \`BT_PW_<PATH>\`, for a coldkey
\`BT_COLD_PW_<NAME>\`, and else asked for at a terminal.`;
}

function exitCodes(): string {
  const rows = Object.entries(EXIT_CODES).map(([code, meaning]) => [code, meaning]);
  return `## Exit codes\n\n${markdownTable(["code", "meaning"], rows)}`;
}

function sharedOptions(): string {
  const rows = Object.values(SHARED_OPTIONS).map((option: SharedOption) => [
    code(option.flags),
    option.description,
    (option.aliases ?? []).map((alias) => code(`--${alias}`)).join(" "),
    (option.env ?? []).map(code).join(" "),
    option.fallback === undefined ? "" : code(option.fallback),
  ]);
  const heads = ["option", "meaning", "also written", "environment, strongest first", "default"];
  const global = GLOBAL_OPTIONS.map(([name]) => code(`--${name}`)).join(", ");
  return `## Shared options\n\n${markdownTable(heads, rows)}\n\nEvery command takes ${global}; each command below lists which of the others it takes.`;
}

async function renderAction(action: Action, command: Command, parent: string): Promise<string> {
  const path = command.name() === parent.split(" ").at(-1) ? parent : `${parent} ${command.name()}`;
  const usage = [path, ...command.registeredArguments.map(argumentTerm), "[options]"];
  const parameters = [
    ...command.registeredArguments.map((one) => [code(argumentTerm(one)), one.description]),
    ...command.options.map((one) => [code(one.flags), one.description]),
  ];
  const shape = shapeRows(z.toJSONSchema(await action.schema()));
  return [
    `### ${path}`,
    sentence(action.summary) + (action.description ? ` ${action.description}` : ""),
    `    ${usage.join(" ")}`,
    parameters.length > 0 ? markdownTable(["takes", "meaning"], parameters) : "",
    `Examples:\n\n${action.examples.map((line) => `    ${line}`).join("\n")}`,
    `Result with \`--json\`:\n\n${markdownTable(["field", "type", "meaning"], shape)}`,
  ]
    .filter(Boolean)
    .join("\n\n");
}

function argumentTerm(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** A tree that is only looked at. */
function unusedTree(): Command {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const { signal } = new AbortController();
  const connectChain = () => Promise.reject(new Error("the reference calls no command"));
  const program = "neurond" as const;
  const surroundings = { program, env: {}, stdin, stdout, stderr, signal, connectChain };
  return commandTree(surroundings, async () => undefined);
}

function named(variables: readonly string[]): string {
  return variables.map(code).join(", ");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

if (import.meta.main) await writeFile(REFERENCE_FILE, await renderReference());
