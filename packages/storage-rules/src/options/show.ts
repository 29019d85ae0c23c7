import type { Option, OptionTable } from "./option.ts";
import { variableOf } from "./schema.ts";

/** What `--help` prints: every option with its value, meaning, default and what upstream differs in. */
export function renderHelp(process: string, table: OptionTable): string {
  const lines = Object.entries(table).map(([name, option]) => [
    `  --${name}${valueHint(option)}`,
    `      ${option.help} (${notes(option).join("; ")})`,
  ]);
  return [`Usage: ${process} [options]`, "", "Options:", ...lines.flat(), ""].join("\n");
}

/** Rows of the documentation: option, value, default, variable or setting, meaning, upstream, effect. */
export function optionRows(table: OptionTable): readonly (readonly string[])[] {
  return Object.entries(table).map(([name, option]) => [
    [name, ...(option.aliases ?? [])].map((one) => `\`--${one}\``).join(" "),
    option.isFlag ? "flag" : (option.unit ?? "text"),
    option.fallback === null ? "" : `\`${option.fallback}\``,
    option.setting ? `as setting \`${option.setting.path}\`` : `\`${variableOf(name)}\``,
    option.help,
    option.upstream ?? "",
    option.effect,
  ]);
}

/** Heads of `optionRows`. */
export const OPTION_HEADS = [
  "option",
  "value",
  "default",
  "variable",
  "meaning",
  "upstream",
  "effect",
] as const;

function valueHint({ isFlag, isList, unit }: Option): string {
  if (isFlag) return "";
  return isList ? ` <${unit ?? "text"}...>` : ` <${unit ?? "text"}>`;
}

function notes({ fallback, upstream, aliases = [] }: Option): readonly string[] {
  return [
    fallback === null ? "no default" : `default: ${fallback}`,
    ...(upstream === undefined ? [] : [`upstream: ${upstream}`]),
    ...(aliases.length === 0 ? [] : [`also ${aliases.map((alias) => `--${alias}`).join(", ")}`]),
  ];
}
