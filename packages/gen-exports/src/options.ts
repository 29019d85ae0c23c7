import { parseArgs } from "node:util";
import { hourOf, type Micros, parseTimestamp } from "@neurond/exports";
import { genError } from "./errors.ts";
import { FAULTS, type Fault } from "./faults.ts";

/** Which keys the reports hold: a generation's, or `all`, the superset that every profile can score. */
export type Shape = "g1" | "g2" | "g3" | "all";

/** What a data set is made from; the same options give the same bytes. */
export interface GenOptions {
  readonly seed: number;
  /** Slices of one hour each. */
  readonly hours: number;
  /** End of the last slice, a whole hour. */
  readonly end: Micros;
  readonly miners: number;
  readonly chutes: number;
  /** Requests per hour, on average over a day. */
  readonly rate: number;
  /** Several follow each other in time, in equal shares. */
  readonly shapes: readonly Shape[];
  readonly faults: readonly Fault[];
  /** Time between blocks: 12 as on the real chain; longer ones make a week that a development chain replays at once. */
  readonly blockSeconds: number;
  /** The folder to write; it must not exist. */
  readonly out: string;
}

export const USAGE =
  "npm run gen-exports -- --out dir [--seed N] [--hours 168] [--end ISO] [--miners 40] [--chutes 120] " +
  "[--rate 2000] [--gen g1|g2|g3|all, or several with commas] [--fault name,...|all] [--block-time 12]";

const SHAPES: readonly Shape[] = ["g1", "g2", "g3", "all"];
/** No clock is read: without an end the data set is of this hour, whoever generates it. */
const DEFAULT_END = "2025-10-27T00:00:00Z";

/** Reads the command line. @throws CodedError OPTION_INVALID */
export function parseOptions(args: readonly string[]): GenOptions {
  const values = readArgs(args);
  if (values.out === undefined) throw invalid(`--out is missing: ${USAGE}`);
  return checked({
    seed: integer("seed", values.seed, 0, 0xffff_ffff),
    hours: integer("hours", values.hours, 1, 10_000),
    end: endOf(values.end),
    miners: integer("miners", values.miners, 1, 254),
    chutes: integer("chutes", values.chutes, 1, 5_000),
    rate: integer("rate", values.rate, 0, 10_000_000),
    shapes: listOf("gen", values.gen, SHAPES),
    faults:
      values.fault === "all"
        ? FAULTS
        : values.fault === ""
          ? []
          : listOf("fault", values.fault, FAULTS),
    blockSeconds: integer("block-time", values["block-time"], 1, 300),
    out: values.out,
  });
}

/** Refuses what cannot be generated. @throws CodedError OPTION_INVALID */
export function checked(options: GenOptions): GenOptions {
  if (hourOf(options.end) !== options.end) throw invalid("--end is not a whole hour");
  if (options.faults.length >= options.hours) {
    throw invalid(
      `${options.faults.length} faults need more than ${options.faults.length} hours: each takes one`,
    );
  }
  return options;
}

function readArgs(args: readonly string[]) {
  try {
    const text = (value: string) => ({ type: "string", default: value }) as const;
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: text("1"),
        hours: text("168"),
        end: text(DEFAULT_END),
        miners: text("40"),
        chutes: text("120"),
        rate: text("2000"),
        gen: text("all"),
        fault: text(""),
        "block-time": text("12"),
        out: { type: "string" },
      },
    });
    return values;
  } catch (error) {
    throw invalid(`${error instanceof Error ? error.message : String(error)}: ${USAGE}`);
  }
}

function integer(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw invalid(`--${name} is not an integer from ${min} to ${max}`);
}

function endOf(text: string): Micros {
  const end = parseTimestamp(text);
  if (end === null || hourOf(end) !== end)
    throw invalid("--end is not a whole hour such as 2025-10-27T00:00:00Z");
  return end;
}

function listOf<Name extends string>(option: string, text: string, known: readonly Name[]): Name[] {
  return text.split(",").map((name) => {
    const found = known.find((candidate) => candidate === name.trim());
    if (found === undefined) throw invalid(`--${option} knows no ${name}; use ${known.join(", ")}`);
    return found;
  });
}

const invalid = (reason: string) => genError("OPTION_INVALID", reason);
