import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { MICROS_PER_HOUR } from "@neurond/exports";
import { genError } from "../errors.ts";
import { FaultPlan } from "../faults.ts";
import { checked, type GenOptions, type Shape } from "../options.ts";
import { Random } from "../random.ts";
import { Complaints } from "../traffic/complaints.ts";
import { jobsOf } from "../traffic/jobs.ts";
import { Traffic } from "../traffic/traffic.ts";
import { UsageCounter } from "../truth/usage.ts";
import { castOf } from "../world/cast.ts";
import { livesOf } from "../world/lives.ts";
import { Blocks } from "./blocks.ts";
import { jsonLines, jsonText, writeFile } from "./files.ts";
import { type Finding, finding } from "./findings.ts";
import { Ledger } from "./ledger.ts";
import { writeOutcome } from "./outcome.ts";
import { Publisher } from "./publisher.ts";
import { runSlice } from "./slice.ts";
import { Straddlers } from "./straddlers.ts";
import type { SyntheticRecord } from "./synthetics.ts";

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
  if (existsSync(options.out))
    throw genError("OUT_EXISTS", `${options.out} is there already: name another folder`);
  const root = `${options.out}.partial`;
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const generated = fill(root, options, progress);
  renameSync(root, options.out);
  return generated;
}

function fill(root: string, options: GenOptions, progress: (hour: number) => void): Generated {
  const cast = castOf(options);
  const lives = livesOf(options, cast);
  const plan = new FaultPlan(options.faults);
  const first = options.end - options.hours * MICROS_PER_HOUR;
  const startOf = (hour: number) => first + hour * MICROS_PER_HOUR;
  const reported = options.faults.indexOf("confirmed-later-report");
  const complaints = new Complaints(cast.validator.hotkey);
  const traffic = new Traffic(
    options,
    cast,
    lives,
    complaints,
    reported === -1 ? Number.POSITIVE_INFINITY : startOf(reported + 1),
  );
  const [jobs, usage, straddlers, ledger] = [
    jobsOf(options, cast),
    new UsageCounter(options.end),
    new Straddlers(),
    new Ledger(),
  ];
  const [synthetics, findings]: [SyntheticRecord[], Finding[]] = [[], []];
  const blocks = new Blocks(options);
  const publisher = new Publisher({
    root,
    cast,
    lives,
    plan,
    ledger,
    blocks,
    findings,
    random: new Random(options.seed, "publish"),
  });
  let invocations = 0;
  for (let hour = 0; hour < options.hours; hour += 1) {
    const [start, end, shape] = [startOf(hour), startOf(hour + 1), shapeAt(options, hour)];
    const slice = runSlice({
      root,
      hour,
      start,
      end,
      shape,
      cast,
      plan,
      complaints,
      straddlers,
      usage,
      synthetics,
      findings,
      calls: traffic.slice(start),
      jobs: jobs.get(end) ?? [],
    });
    invocations += slice.rows;
    publisher.publish({ hour, start, end, shape }, slice);
    progress(hour + 1);
  }
  for (const fault of ["blacklisted-miner", "empty-reconciliation", "wrong-hour-order"] as const) {
    if (plan.has(fault))
      findings.push(
        finding(
          fault,
          KINDS[fault],
          options.end,
          fault === "blacklisted-miner" ? cast.miners[0].hotkey : "",
        ),
      );
  }
  const listing = plan.has("wrong-hour-order") ? ledger.entries.toReversed() : ledger.entries;
  writeFile(root, "entries.json", jsonText(listing));
  writeFile(root, "synthetics.jsonl", jsonLines(synthetics));
  writeOutcome({
    root,
    options,
    cast,
    lives,
    usage,
    ledger,
    findings,
    blocks,
    claimed: publisher.claimed,
    invocations,
  });
  return { invocations, entries: listing.length };
}

const KINDS = {
  "blacklisted-miner": "BLACKLISTED",
  "empty-reconciliation": "RECONCILIATION_REFUSED",
  "wrong-hour-order": "OUT_OF_ORDER",
} as const;

/** Shapes follow each other in equal shares of the time. */
function shapeAt({ shapes, hours }: GenOptions, hour: number): Shape {
  return shapes[Math.floor((hour * shapes.length) / hours)] ?? "all";
}
