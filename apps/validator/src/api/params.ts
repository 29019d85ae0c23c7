import { type FamilyId, toFamilyId } from "@neurond/ledger";
import { CodedError, type Hotkey, parseHotkey, type RunId, toRunId } from "@neurond/primitives";
import { z } from "zod";
import type { ValidatorCode } from "../errors.ts";

const refineBy = <T>(parse: (text: string) => T) =>
  z.string().refine((text) => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  });

/** Parts of paths and queries; what they are is said once, in the description of the API. */
export const param = {
  runId: z.string().max(128).describe("A run, such as run-7"),
  family: refineBy(toFamilyId).describe("A family of scores, such as storage-1"),
  hotkey: refineBy(parseHotkey).describe("A hotkey, ss58 with prefix 42"),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe("SHA-256, 64 lower-case hexadecimal digits"),
  index: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  hash: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .describe("32 bytes, 0x and 64 hexadecimal digits"),
};

/** @throws CodedError RUN_INVALID */
export function runIdOf(text: string): RunId {
  try {
    return toRunId(text);
  } catch (cause) {
    const message = `"${text.slice(0, 60)}" is not a run: ask for one like run-7`;
    throw new CodedError<ValidatorCode>("RUN_INVALID", message, {}, { cause });
  }
}

export const familyOf = (text: string): FamilyId => toFamilyId(text);
export const hotkeyOf = (text: string): Hotkey => parseHotkey(text);
