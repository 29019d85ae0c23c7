import { canonicalName } from "./options.ts";

// What follows these is a value and stays as it is, whatever it looks like: it is signed or shown.
const VERBATIM_VALUE = ["--message", "-m"];

/**
 * Brings the spellings of long options to one: hyphens and underscores, btcli's names of several
 * versions, `--x=y` and `--x y` alike. `help a b` becomes `a b --help`, because commands are loaded
 * only when they are parsed. Nothing after `--` is touched.
 */
export function normaliseArguments(argv: readonly string[]): readonly string[] {
  if (isPassedOn(argv)) return [...argv.slice(0, 2), "--", ...argv.slice(2)];
  const end = argv.indexOf("--");
  const options = end === -1 ? argv : argv.slice(0, end);
  const rest = end === -1 ? [] : argv.slice(end);
  const normal = options.map((argument, index) => {
    const isValue = VERBATIM_VALUE.includes(options[index - 1] ?? "");
    return isValue ? argument : normaliseOption(argument);
  });
  if (normal[0] === "help") return [...normal.slice(1), "--help", ...rest];
  return [...normal, ...rest];
}

/** What follows `run miner` is the miner's own; only a lone `--help` is for us. */
function isPassedOn([command = "", program = "", first]: readonly string[]): boolean {
  const isRun = ["run", "n"].includes(command) && /^[a-z]/.test(program);
  return isRun && first !== undefined && !["--", "--help", "-h"].includes(first);
}

function normaliseOption(argument: string): string {
  const [, name, value = ""] = /^--([^=]+)(=.*)?$/s.exec(argument) ?? [];
  return name === undefined ? argument : `--${canonicalName(name)}${value}`;
}
