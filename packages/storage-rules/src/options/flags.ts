import { CodedError } from "@neurond/primitives";
import type { StorageRulesCode } from "../errors.ts";
import type { Option, OptionTable } from "./option.ts";

/** What a command line said: texts by option or setting, and whether it asked for help. */
export interface ParsedFlags {
  /** As `loadConfig` takes them for `overrides`; values of a list are separated by commas. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly wantsHelp: boolean;
}

/**
 * Reads a command line as the seed's processes do: `--name value`, `--name=value`, flags without a
 * value, lists up to the next option; hyphens and underscores alike, and names of all releases. Given
 * twice, the last one counts. @throws CodedError FLAG_INVALID
 */
export function parseFlags(argv: readonly string[], table: OptionTable): ParsedFlags {
  const names = spellings(table);
  const overrides: Record<string, string> = {};
  let wantsHelp = false;
  for (let at = 0; at < argv.length; ) {
    const word = argv[at] ?? "";
    at += 1;
    if (word === "--help" || word === "-h") {
      wantsHelp = true;
      continue;
    }
    const [, spelling = "", attached] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const name = names.get(plain(spelling));
    const option = name === undefined ? undefined : table[name];
    if (name === undefined || option === undefined) throw unknown(word);
    const values: string[] = attached === undefined ? [] : [attached];
    const room = roomOf(option, attached);
    while (values.length < room && at < argv.length && !isOption(argv[at] ?? "", option)) {
      values.push(argv[at] ?? "");
      at += 1;
    }
    const { path = name, value = textOf(name, option, values) } = option.setting ?? {};
    overrides[path] = value;
  }
  return { overrides, wantsHelp };
}

/** How many values an option may take from the line. */
function roomOf({ isFlag, isList }: Option, attached: string | undefined): number {
  if (attached !== undefined) return 1;
  if (isFlag) return 1;
  return isList ? Number.POSITIVE_INFINITY : 1;
}

/** Whether a word begins something new: an option, or for a flag anything but a truth value. */
function isOption(word: string, { isFlag }: Option): boolean {
  if (isFlag) return !/^(true|false)$/i.test(word);
  return word.startsWith("--") || word === "-h";
}

function textOf(name: string, { isFlag, isList }: Option, values: readonly string[]): string {
  if (isList) return values.join(",");
  const [value = isFlag ? "true" : undefined] = values;
  if (value !== undefined) return value;
  throw new CodedError<StorageRulesCode>("FLAG_INVALID", `--${name} needs a value`, { name });
}

function spellings(table: OptionTable): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(table).flatMap(([name, { aliases = [] }]) =>
      [name, ...aliases].map((spelling) => [plain(spelling), name] as const),
    ),
  );
}

function plain(spelling: string): string {
  return spelling.replaceAll("-", "_").toLowerCase();
}

function unknown(word: string): CodedError<StorageRulesCode> {
  const shown = word.split("=")[0]?.slice(0, 80) ?? "";
  return new CodedError("FLAG_INVALID", `there is no option ${shown}; see --help`, { word: shown });
}
