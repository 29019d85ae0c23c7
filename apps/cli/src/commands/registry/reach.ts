import type { CheckedFetch, ProbeResult } from "@neurond/registry/io";
import type { z } from "zod";
import type { Parameter } from "../../action.ts";
import type { Call } from "../../call.ts";
import { readInput } from "../../input.ts";
import type { CheckShape } from "./schemas.ts";

/** Options of commands that ask endpoints. */
export const REACH_OPTIONS: readonly Parameter[] = [
  { flags: "--ca <file>", description: "PEM of an authority to believe beside the public ones" },
  { flags: "--allow-private", description: "ask endpoints at private and loopback addresses too" },
];

/** What endpoints are asked with. */
export async function fetchOf(call: Call): Promise<CheckedFetch> {
  const file = call.given("ca");
  const { checkedFetch } = await import("@neurond/registry/io");
  const allowPrivate = call.on("allow-private");
  if (file === undefined) return checkedFetch({ allowPrivate });
  const ca = new TextDecoder().decode(await readInput(call, file));
  return checkedFetch({ allowPrivate, ca });
}

/** A probe's result with every member, as results show it. */
export function plainCheck(result: ProbeResult): z.infer<typeof CheckShape> {
  if (!result.valid) return { ...result, latencyMs: null, identified: null };
  return { ...result, reason: null, detail: null };
}

/** A probe's result in a few words; the first is what scripts look for. */
export function checkText(check: z.infer<typeof CheckShape> | null): string {
  if (check === null) return "invalid";
  if (!check.valid) return `invalid (${check.reason}: ${check.detail})`;
  return check.identified ? `valid (${check.latencyMs} ms)` : "valid (does not name the hotkey)";
}
