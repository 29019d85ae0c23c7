import { readFileSync } from "node:fs";
import { Command } from "commander";
import type { Action, Parameter } from "./action.ts";
import { COMMANDS, type CommandEntry } from "./commands/index.ts";
import type { Surroundings } from "./environment.ts";
import {
  GLOBAL_OPTIONS,
  SHARED_OPTIONS,
  type SharedOption,
  type SharedOptionName,
} from "./options.ts";

/** What is done when the line names an action; the command holds the parsed values. */
export type Perform = (action: Action, command: Command) => Promise<void>;

/** The tree of commands. What a command takes is loaded only when the line names it. */
export function commandTree(
  { program: name, stdout, stderr }: Surroundings,
  perform: Perform,
): Command {
  const program = new Command(name)
    .description("Neuron daemons for Bittensor subnets that nobody has to trust.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpCommand("help [command]", "show what a command takes")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      outputError: () => undefined, // all failures are printed in one place and form
    })
    .configureHelp({ showGlobalOptions: true });
  for (const [, option] of GLOBAL_OPTIONS) program.option(option.flags, option.description);
  for (const { name, alias, summary } of COMMANDS) {
    const command = new Command(name).description(summary).copyInheritedSettings(program);
    if (alias !== undefined) command.alias(alias);
    program.addCommand(command.helpCommand(false));
  }
  return program.hook("preSubcommand", async (_, command) => {
    const entry = COMMANDS.find(({ name }) => name === command.name());
    if (entry !== undefined) await growCommand(command, entry, perform);
  });
}

/** Gives a command of the tree its arguments, options and subcommands. */
export async function growCommand(
  command: Command,
  entry: CommandEntry,
  perform: Perform,
): Promise<void> {
  for (const action of await entry.load()) {
    // A command that is its own only action, like `devnet`, has no subcommand.
    const target = action.name === entry.name ? command : command.command(action.name);
    target
      .summary(action.summary)
      .description([action.summary, action.description].filter(Boolean).join("\n\n"));
    for (const { flags, description } of action.args ?? []) target.argument(flags, description);
    for (const option of optionsOf(action)) target.option(option.flags, option.description);
    const program = rootOf(command).name();
    const examples = action.examples
      .map((line) => `  ${line.replace(/^neurond /, `${program} `)}\n`)
      .join("");
    target.addHelpText("after", `\nExamples:\n${examples}`);
    target.action(() => perform(action, target));
  }
}

/** The command that has no parent. */
export function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}

/** The options an action takes, its own before the shared ones. */
function optionsOf(action: Action): readonly Parameter[] {
  return [...(action.options ?? []), ...(action.shared ?? []).map(sharedParameter)];
}

/** A shared option with where its value comes from when no flag gives it. */
function sharedParameter(name: SharedOptionName): Parameter {
  const { flags, description, env, fallback }: SharedOption = SHARED_OPTIONS[name];
  const sources = [env?.[0], fallback && `default: ${fallback}`].filter(Boolean).join("; ");
  return { flags, description: sources === "" ? description : `${description} (${sources})` };
}

function packageVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return String(JSON.parse(manifest).version);
}
