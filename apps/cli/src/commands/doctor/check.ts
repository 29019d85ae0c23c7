import { failureOf } from "../../failures.ts";
import type { View } from "../../output.ts";

/** What is looked at, in the order in which it is shown. */
export const CHECK_NAMES = [
  "node",
  "key",
  "chain",
  "clock",
  "registration",
  "weights",
  "axon",
  "port",
  "database",
  "redis",
] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** How well one thing is. */
export type Health = "ok" | "warn" | "fail";

/** What was looked at, how it is, and what to do when it is not well. */
export interface Check<Name extends string = CheckName> {
  readonly name: Name;
  readonly status: Health;
  readonly summary: string;
  readonly remedy: string | null;
}

/** Something is as it should be. */
export function ok<Name extends string>(name: Name, summary: string): Check<Name> {
  return { name, status: "ok", summary, remedy: null };
}

/** Something works, but not for long, or not as meant. */
export function warn<Name extends string>(
  name: Name,
  summary: string,
  remedy: string,
): Check<Name> {
  return { name, status: "warn", summary, remedy };
}

/** Something stands in the way of a daemon. */
export function fail<Name extends string>(
  name: Name,
  summary: string,
  remedy: string,
): Check<Name> {
  return { name, status: "fail", summary, remedy };
}

/** A check whose question cannot be asked, because another one failed. */
export function unasked<Name extends string>(name: Name, why: string): Check<Name> {
  return warn(name, `not looked at: ${why}`, "mend that first, then ask again");
}

/** Runs a check; whatever it throws is a failed check and not the end of the examination. */
export async function guarded<Name extends string>(
  name: Name,
  remedy: string,
  check: () => Promise<Check<Name>>,
): Promise<Check<Name>> {
  try {
    return await check();
  } catch (error) {
    const { code, message } = failureOf(error);
    if (code === "INTERRUPTED") throw error;
    return fail(name, `${code}: ${message}`, remedy);
  }
}

/** The worst of all. */
export function worst(checks: readonly Check<string>[]): Health {
  if (checks.some(({ status }) => status === "fail")) return "fail";
  return checks.some(({ status }) => status === "warn") ? "warn" : "ok";
}

/** An examination as people read it. */
export function tableOf(
  { checks }: { readonly checks: readonly Check<string>[] },
  view: View,
): string {
  return view.table(
    ["", "check", "finding", "remedy"].map((title) => ({ title })),
    checks.map(({ name, status, summary, remedy }) => [status, name, summary, remedy ?? ""]),
  );
}

/** Warnings alone are no reason to stop. */
export function exitCode({ status }: { readonly status: Health }): 0 | 1 {
  return status === "fail" ? 1 : 0;
}
