import { DENIAL_STATUS, type DenialCode } from "../errors.ts";
import type { Deny } from "../policy.ts";

/** A denial with the status of its code. */
export function deny(
  code: DenialCode,
  detail: string,
  headers?: Readonly<Record<string, string>>,
): Deny {
  return { status: DENIAL_STATUS[code], code, detail, ...(headers && { headers }) };
}
