import { canonicalName } from "./options.ts";

// What follows these is a value and stays as it is, whatever it looks like: it is signed or shown.
const VERBATIM_VALUE = ["--message", "-m"];

/**
 * Brings the spellings of long options to one: hyphens and underscores, btcli's names of several
 * versions, `--x=y` and `--x y` alike. `help a b` becomes `a b --help`, because commands are loaded
 * only when they are parsed. Nothing after `--` is touched.
 */
export function normaliseArguments(argv: readonly string[]): readonly string[] {
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

function normaliseOption(argument: string): string {
  const [, name, value = ""] = /^--([^=]+)(=.*)?$/s.exec(argument) ?? [];
  return name === undefined ? argument : `--${canonicalName(name)}${value}`;
}
