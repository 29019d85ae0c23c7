import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { genError } from "../errors.ts";
import { checked, type GenOptions } from "../options.ts";
import { slicesOf, worldOf } from "../world/world.ts";
import { jsonLines, jsonText, writeFile } from "./files.ts";
import { newNotes, noteLasting } from "./notes.ts";
import { writeOutcome } from "./outcome.ts";
import { Publisher } from "./publisher.ts";
import { runSlice, Sources } from "./slice.ts";

/** What a run wrote. */
export interface Generated {
  readonly invocations: number;
  readonly entries: number;
}

/**
 * Writes a data set into a new folder. It appears under its name when it is complete; memory does not
 * grow with the rate but for the ids of one hour.
 *
 * @throws CodedError OPTION_INVALID, OUT_EXISTS
 */
export function generate(
  given: GenOptions,
  progress: (hour: number) => void = () => undefined,
): Generated {
  const options = checked(given);
  if (existsSync(options.out)) {
    throw genError("OUT_EXISTS", `${options.out} is there already: name another folder`);
  }
  const root = `${options.out}.partial`;
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const generated = fill(root, options, progress);
  renameSync(root, options.out);
  return generated;
}

function fill(root: string, options: GenOptions, progress: (hour: number) => void): Generated {
  const world = worldOf(options);
  const notes = newNotes(world);
  const sources = new Sources(world);
  const publisher = new Publisher(root, world, notes);
  let invocations = 0;
  for (const slice of slicesOf(options)) {
    const outcome = runSlice(root, slice, world, notes, sources);
    publisher.publish(slice, outcome);
    invocations += outcome.rows;
    progress(slice.hour + 1);
  }
  noteLasting(world, notes);
  const { entries } = notes.ledger;
  const listing = world.plan.has("wrong-hour-order") ? entries.toReversed() : entries;
  writeFile(root, "entries.json", jsonText(listing));
  writeFile(root, "synthetics.jsonl", jsonLines(notes.synthetics));
  writeOutcome(root, world, notes, invocations);
  return { invocations, entries: listing.length };
}
