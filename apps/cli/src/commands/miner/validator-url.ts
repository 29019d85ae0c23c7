import { readStatus } from "@neurond/storage-client";
import type { Parameter } from "../../action.ts";
import type { Call } from "../../call.ts";
import {
  announcedValidators,
  noValidator,
  parseUrl,
  statusOf,
  validatorOptions,
} from "../store/find-validator.ts";

/** Options of commands that read a validator's public record. */
export const RECORD_OPTIONS: readonly Parameter[] = [
  ...validatorOptions("store"),
  {
    flags: "--entries <count>",
    description: `how much of its log is read where it has no standing (default: 20000)`,
  },
];

/** Entries that a call wants to be read at most. */
export const mostEntries = (call: Call): number =>
  call.integer("entries", { min: 1, max: 10_000_000 }) ?? 20_000;

/** The validator whose record a call is about: nobody signs to read what is public. */
export async function publicValidator(call: Call) {
  const named = call.given("validator");
  if (named !== undefined) {
    const url = parseUrl(named);
    return { url, hotkey: (await readStatus(url, call.signal)).hotkey };
  }
  for (const announced of await announcedValidators(call, "store")) {
    if ((await statusOf(call, announced)) !== null) return announced;
  }
  throw noValidator();
}
