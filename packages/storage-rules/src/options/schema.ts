import { z } from "zod";
import type { OptionShape, OptionTable } from "./option.ts";

/**
 * The schemas of a table, to extend the configuration of a daemon by; each says its meaning and its
 * variable. Options that stand for a setting of every daemon are left out: `parseFlags` sets those.
 */
export function optionShape<Table extends OptionTable>(table: Table): OptionShape<Table> {
  const own = Object.entries(table).filter(([, { setting }]) => setting === undefined);
  return Object.fromEntries(
    own.map(([name, { schema, help, isSecret = false }]) => {
      const meta = { description: help, env: variableOf(name), secret: isSecret };
      return [name, schema.meta(meta)];
    }),
  ) as OptionShape<Table>;
}

/** A schema that takes the options of a table and nothing else. */
export function optionSchema<Table extends OptionTable>(
  table: Table,
): z.ZodObject<OptionShape<Table>, z.core.$strict> {
  return z.strictObject(optionShape(table));
}

/** The environment variable of an option: `neuron.maxsize` is `FILETAO_NEURON_MAXSIZE`. */
export function variableOf(name: string): string {
  return `FILETAO_${name.replaceAll(".", "_").toUpperCase()}`;
}
