import { CodedError } from "@neurond/primitives";
import { type Command, CommanderError } from "commander";
import { normaliseArguments } from "./argv.ts";
import { Call } from "./call.ts";
import { commandTree, rootOf } from "./command-tree.ts";
import { readConfigFile } from "./config-file.ts";
import type { Surroundings } from "./environment.ts";
import { type ExitCode, exitCodeOf, failureOf, type UsageCode } from "./failures.ts";
import { Output } from "./output.ts";

/** Runs one command line and answers the exit code; never throws. */
export async function runCommandLine(
  argv: readonly string[],
  surroundings: Surroundings,
): Promise<ExitCode> {
  const line = normaliseArguments(argv);
  let exitCode: ExitCode = 0;
  let output = outputBeforeParsing(line, surroundings);
  const program = commandTree(surroundings, async (action, command) => {
    const flags = flagsOf(command);
    const file = flags.get("config");
    const isOurs = typeof file === "string" && action.readsConfig !== true;
    const config = isOurs ? await readConfigFile(file) : new Map();
    const on = (name: string) => (flags.get(name) ?? config.get(name)) === true;
    const options = { json: on("json"), quiet: on("quiet"), debug: on("debug") };
    output = new Output(surroundings, options);
    exitCode = await action.execute(
      new Call({ args: command.args, flags, config, surroundings, output }),
      output,
    );
  });
  try {
    await program.parseAsync(line, { from: "user" });
    return exitCode;
  } catch (caught) {
    if (caught instanceof CommanderError && caught.exitCode === 0) return 0; // help or version was shown
    const error = usageError(caught) ?? caught;
    const failure = failureOf(error);
    await output.failure(failure, error);
    return await exitCodeOf(failure);
  }
}

/** Values by long name; commander itself would have `password-file` as `passwordFile`. */
function flagsOf(command: Command): Map<string, string | boolean | undefined> {
  const values: Record<string, string | boolean | undefined> = command.optsWithGlobals();
  const options = [...command.options, ...rootOf(command).options];
  return new Map(
    options.map((option) => {
      const value = values[option.attributeName()];
      // Commander has `--no-x` as x being false; here it is a flag that is on.
      const flag = option.negate ? value === false || undefined : value;
      return [option.long?.slice(2) ?? option.name(), flag];
    }),
  );
}

/** For failures before the line is understood: how it wishes to be answered can be seen all the same. */
function outputBeforeParsing(line: readonly string[], surroundings: Surroundings): Output {
  const options = line.includes("--") ? line.slice(0, line.indexOf("--")) : line;
  const on = (flag: string) => options.includes(flag);
  return new Output(surroundings, { json: on("--json"), quiet: false, debug: on("--debug") });
}

function usageError(error: unknown): CodedError<UsageCode> | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  // A line without a command makes commander print the help on stderr, and leaves no message.
  const message =
    error.code === "commander.help"
      ? "name a command; see --help"
      : error.message.replace(/^error: /, "").replaceAll("\n", " ");
  return new CodedError("USAGE", message, {}, { cause: error });
}
