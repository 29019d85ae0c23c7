import type { Commitment } from "@neurond/chain";
import { classifyCommitment } from "@neurond/registry";
import type { z } from "zod";
import type { RegisteredShape } from "./schemas.ts";

type Registered = z.infer<typeof RegisteredShape>;

/** What a hotkey has on chain before it registers. */
export type Standing = NonNullable<Registered["standing"]>;

/** What a commitment that would be replaced holds. */
export function standingOf({ fields, block }: Commitment): Standing {
  const entry = classifyCommitment(fields);
  const raw = entry.kind === "missing-data" ? null : entry.text;
  return { kind: entry.kind, raw, block };
}

/** What would be replaced, in one line. */
export function standingText({ kind, raw, block }: Standing): string {
  return `${raw ?? "no text"} (${kind}, since block ${block})`;
}

/** Whether to send, and if not, why. */
export function judge(
  held: Commitment | undefined,
  about: {
    readonly text: string;
    readonly check: Registered["check"];
    readonly mayReplace: boolean;
    readonly isOnline: boolean;
  },
): Registered["outcome"] {
  const isAlone = held?.fields.length === 1;
  const standing = held && standingOf(held);
  if (standing?.raw === about.text && isAlone) return "unchanged";
  // What stands beside an endpoint would be lost with it.
  const isStrange = standing !== undefined && (standing.kind !== "endpoint" || !isAlone);
  if (isStrange && !about.mayReplace) return "would-overwrite";
  if (about.check?.valid === false) return "unverified";
  return about.isOnline ? "submitted" : "dry-run";
}
