import { type Hotkey, parseHotkey, type RunId, toRunId } from "@neurond/primitives";
import { REASON } from "@neurond/workload";
import { z } from "zod";

/** Leaves a value through when `parse` takes it: the one check of a brand serves schemas as well. */
function branded<T>(parse: (text: string) => T) {
  return z.custom<T>((value) => {
    if (typeof value !== "string") return false;
    try {
      parse(value);
      return true;
    } catch {
      return false;
    }
  });
}

const count = z.int().min(0);

/** The checked fields that records are made of. */
export const field = {
  hotkey: branded<Hotkey>(parseHotkey),
  runId: branded<RunId>(toRunId),
  netuid: z.int().min(0).max(4095),
  block: z.int().min(0).max(0xffff_ffff),
  slot: z.int().min(0).max(0xffff),
  count,
  /** Milliseconds since 1970. */
  timeMs: count,
  micro: z.int().min(0).max(1_000_000),
  workload: z.string().regex(/^[a-z][a-z0-9-]*\/[1-9][0-9]*$/),
  /** 32 bytes, lower-case, without 0x. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  reason: z.string().regex(REASON),
  signature: z.string().regex(/^0x[0-9a-f]{128}$/),
};
