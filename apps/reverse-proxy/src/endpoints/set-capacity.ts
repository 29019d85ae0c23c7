import { createHash, timingSafeEqual } from "node:crypto";
import type { Secret } from "@neurond/runtime";
import { z } from "zod";
import type { Capacity, CapacityOverrides } from "../capacity.ts";
import { deny } from "../policies/deny.ts";
import { headerOf } from "../policies/header-of.ts";
import type { Endpoint } from "./endpoint.ts";

const MAX_NAMES = 256;
const name = z.string().min(1).max(128);
const Names = z.array(name).max(MAX_NAMES);
const Flags = z.record(name, z.boolean());
const Said = z.strictObject({
  inference: z.union([Names, Flags]).optional(),
  training: z.union([Names, Flags]).optional(),
});

/** `POST /capacity`: replaces what a group can do, for who knows the operator's secret. */
export function setCapacity(
  secret: Secret,
  overrides: CapacityOverrides,
  now: () => Capacity,
  format: "flags" | "lists" | "both",
): Endpoint {
  const expected = digest(secret.reveal());
  return ({ head }, held) => {
    const given = headerOf(head.headers, "x-internal-secret");
    if (given === undefined)
      return { deny: deny("SECRET_MISSING", "X-Internal-Secret header required") };
    // Of digests, which are equally long: how much of the secret was right must not show in the time.
    if (!timingSafeEqual(digest(given), expected))
      return { deny: deny("SECRET_WRONG", "Invalid internal secret") };
    const said = held?.body.kind === "memory" ? read(held.body.bytes) : undefined;
    if (said === undefined)
      return { deny: deny("CAPACITY_INVALID", "send an object with inference or training") };
    for (const group of ["inference", "training"] as const) replace(group, said[group], overrides);
    return { status: 200, body: now()[format === "lists" ? "lists" : "flags"] };
  };
}

function replace(
  group: string,
  said: readonly string[] | Readonly<Record<string, boolean>> | undefined,
  overrides: CapacityOverrides,
): void {
  if (said === undefined) return;
  const flags = Array.isArray(said) ? Object.fromEntries(said.map((item) => [item, true])) : said;
  overrides.groups.set(group, Object.keys(flags));
  for (const [capability, can] of Object.entries(flags)) {
    // Yes is the operator's wish: health may still say no. No is no.
    overrides.set(capability, can ? null : false);
  }
}

function read(bytes: Buffer): z.output<typeof Said> | undefined {
  try {
    return Said.safeParse(JSON.parse(bytes.toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

const digest = (text: string) => createHash("sha256").update(text).digest();
