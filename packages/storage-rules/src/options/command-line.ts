import { parseFlags } from "./flags.ts";
import type { Option, OptionTable } from "./option.ts";

/** What a daemon of a storage subnet was started with. */
export interface CommandLine {
  /** Configuration file: a first word that is no option. */
  readonly file: string | undefined;
  /** As `loadConfig` takes them. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly wantsHelp: boolean;
  /** Whether any option stood there: then the defaults of the options hold where a file says nothing. */
  readonly hasOptions: boolean;
}

/** Reads the words behind the program. @throws CodedError FLAG_INVALID */
export function readCommandLine(argv: readonly string[], table: OptionTable): CommandLine {
  const [first, ...rest] = argv;
  const isFile = first !== undefined && !first.startsWith("-");
  const { overrides, wantsHelp } = parseFlags(isFile ? rest : argv, table);
  const file = isFile ? first : undefined;
  return { file, overrides, wantsHelp, hasOptions: Object.keys(overrides).length > 0 };
}

type Section = Readonly<Record<string, unknown>>;

/**
 * A configuration file with the defaults of options where it has nothing of their settings. Only for
 * a daemon that was started with options: any other has defaults of its own, and no subnet.
 */
export function withOptionDefaults(
  file: Section,
  table: OptionTable,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const standing = Object.values(table).flatMap(({ schema, setting }: Option) => {
    if (setting === undefined || setting.value !== undefined) return [];
    const fallback: unknown = schema.safeParse(undefined).data;
    return fallback === undefined ? [] : [[setting.path, fallback] as const];
  });
  return [...standing, ...Object.entries(more)].reduce(
    (known, [path, value]) => withAbsent(known, path.split("."), value),
    { ...file },
  );
}

function withAbsent(
  section: Section,
  [key, ...rest]: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (key === undefined) return { ...section };
  const present = section[key];
  if (rest.length === 0)
    return present === undefined ? { ...section, [key]: value } : { ...section };
  const inner = typeof present === "object" && present !== null ? (present as Section) : {};
  return { ...section, [key]: withAbsent(inner, rest, value) };
}

/** The own options of a table that somebody set: on the line, or to something else than the default. */
export function givenOptions(
  table: OptionTable,
  values: Readonly<Record<string, unknown>>,
  overrides: Readonly<Record<string, string>>,
): ReadonlySet<string> {
  const own = Object.entries(table).filter(([, { setting }]) => setting === undefined);
  return new Set(
    own.flatMap(([name, { schema }]) => {
      const isSaid = Object.hasOwn(overrides, name);
      const value = values[name];
      const fallback: unknown = schema.safeParse(undefined).data;
      const isOther = value !== undefined && textOf(value) !== textOf(fallback);
      return isSaid || isOther ? [name] : [];
    }),
  );
}

function textOf(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "bigint" ? String(inner) : inner,
    ) ?? ""
  );
}
