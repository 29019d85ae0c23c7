import { z } from "zod";
import { Head, openHead } from "../heads.ts";
import { rootsOf, Tail } from "../tail.ts";
import { type CheckClaim, malformed, notProven, proven } from "./claim.ts";

/** Two heads; for heads of different sizes also what stands under the newer where the older ends. */
export const LogForked = z.strictObject({ older: Head, newer: Head, tail: Tail.nullable() });

/** Shows that no log can have had both heads. */
export const checkLogForked: CheckClaim = (claim, accused, { verify }) => {
  const parsed = LogForked.safeParse(claim);
  if (!parsed.success) return malformed("not the evidence of a forked log");
  const { tail } = parsed.data;
  const older = openHead(parsed.data.older, accused, verify);
  const newer = openHead(parsed.data.newer, accused, verify);
  if (older === null || newer === null) return notProven("a head does not bind the validator");
  const facts = [...older.facts, ...newer.facts];
  if (older.head.size === newer.head.size) {
    return older.head.root === newer.head.root ? notProven("both heads are one") : proven(facts);
  }
  if (tail === null || tail.index + 1 !== older.head.size) return notProven("no tail of the older");
  const roots = rootsOf(tail, newer.head.size);
  if (roots?.whole !== newer.head.root) return notProven("the tail is not under the newer head");
  return roots.prefix === older.head.root
    ? notProven("the newer log begins with the older")
    : proven(facts);
};
