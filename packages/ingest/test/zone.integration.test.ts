import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { temporary } from "./world.ts";

const script = new URL("audit-in-zone.ts", import.meta.url).pathname;

interface Told {
  readonly offsets: readonly [now: number, before: number];
  readonly verdicts: readonly string[];
  readonly hours: number;
}

/** An audit in a process that lives in a time zone. */
async function auditIn(zone: string, end: string): Promise<Told> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=neurond:source", script, temporary(), end],
    { env: { ...process.env, TZ: zone }, timeout: 50_000 },
  );
  return JSON.parse(stdout) as Told;
}

it.each([
  ["America/New_York", "an hour comes twice", "2025-11-02T09:00:00Z"],
  ["Europe/Berlin", "an hour is left out", "2026-03-29T04:00:00Z"],
])("in %s, where %s, an audit is the same as in UTC", async (zone, _, end) => {
  const [there, utc] = await Promise.all([auditIn(zone, end), auditIn("UTC", end)]);
  const { offsets, ...told } = there;
  const { offsets: _utc, ...expected } = utc;
  expect(offsets[0]).not.toBe(offsets[1]);
  expect(told).toEqual(expected);
  expect(new Set(told.verdicts)).toEqual(new Set(["VERIFIED"]));
  expect(told.hours).toBe(6);
});
