import { isCoded } from "@neurond/primitives";
import {
  type CommandLine,
  type OptionTable,
  readCommandLine,
  renderHelp,
} from "@neurond/storage-rules";

/** Exit code of a process that was started with what it does not know. */
const USAGE = 2;

/**
 * What this process was started with; null when it has nothing to do: help was asked for and printed,
 * or the line cannot be read, which was said in one line and makes the process exit with 2.
 */
export function readProcessLine(usage: string, table: OptionTable): CommandLine | null {
  try {
    const line = readCommandLine(process.argv.slice(2), table);
    if (!line.wantsHelp) return line;
    process.stdout.write(renderHelp(usage, table));
  } catch (error) {
    if (!isCoded(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = USAGE;
  }
  return null;
}
