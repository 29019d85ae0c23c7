import type { z } from "zod";

/** One option of a process, as the seed names it. Schema, help text and documentation come from it. */
export interface Option<Schema extends z.ZodType = z.ZodType> {
  /** Reads the value and holds the default. */
  readonly schema: Schema;
  /** The default as people write it; null when there is none. */
  readonly fallback: string | null;
  /** What the value is: `blocks`, `seconds`; a flag takes none. */
  readonly unit: string | null;
  /** One line, without the default. */
  readonly help: string;
  /** The default upstream, where it is another than ours. */
  readonly upstream?: string;
  /** Names other releases have for it. */
  readonly aliases?: readonly string[];
  /** Takes several values, as far as the next option. */
  readonly isList?: true;
  /** Is on when it stands there; takes no value. */
  readonly isFlag?: true;
  /** Never shown: the daemon wraps it before it prints what it goes by. */
  readonly isSecret?: true;
  /** The setting of every neuron daemon that it stands for, and what it is then set to. */
  readonly setting?: { readonly path: string; readonly value?: string };
  /** What can be seen of it in a daemon of ours. */
  readonly effect: string;
}

/** Options by their long name without dashes. */
export type OptionTable = Readonly<Record<string, Option>>;

/** Names of the options that have a setting of their own, and are no other spelling of one. */
export type OwnName<Table extends OptionTable> = {
  [Name in keyof Table]: Table[Name] extends { readonly setting: object } ? never : Name;
}[keyof Table];

/** Shape of a table's own options for a strict object: keys as the seed writes them. */
export type OptionShape<Table extends OptionTable> = {
  readonly [Name in OwnName<Table>]: Table[Name]["schema"];
};

/** The values of a table's own options, by their names. */
export type OptionValues<Table extends OptionTable> = z.output<
  z.ZodObject<OptionShape<Table>, z.core.$strict>
>;

/** The values of all options but those that are never shown, which a daemon wraps. */
export type OpenValues<Table extends OptionTable> = Omit<
  OptionValues<Table>,
  {
    [Name in keyof Table]: Table[Name] extends { readonly isSecret: true } ? Name : never;
  }[keyof Table]
>;
