import type { z } from "zod";
import type { View } from "../../../output.ts";
import type { UpstreamShape } from "./schemas.ts";

const TITLES = ["upstream", "state", "waiting", "at work", "limit", "server", "breaker", "health"];
const NUMBERS = new Set(["waiting", "at work", "limit"]);

/** Upstreams with their servers, a line for each server. */
export function upstreamTable(
  upstreams: readonly z.infer<typeof UpstreamShape>[],
  view: View,
): string {
  const columns = TITLES.map((title) => ({
    title,
    align: NUMBERS.has(title) ? ("right" as const) : ("left" as const),
  }));
  const rows = upstreams.flatMap(({ name, state, queueDepth, inFlight, limit, servers }) =>
    servers.map(({ label, breaker, well, ejected }, at) => [
      ...(at === 0
        ? [name, state, String(queueDepth), String(inFlight), String(limit)]
        : ["", "", "", "", ""]),
      label,
      breaker,
      ejected ? "ejected" : well ? "well" : "unwell",
    ]),
  );
  return view.table(columns, rows);
}
