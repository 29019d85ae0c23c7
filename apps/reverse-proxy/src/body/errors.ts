import type { ErrorEntry } from "@neurond/primitives";
import type { Deny } from "../policy.ts";

/** Why a body is not taken. */
export const BODY_ERRORS = {
  BODY_TOO_LARGE: {
    cause: "the body is longer than its route takes",
    remedy: "send less, or raise maxBodyBytes of the route",
  },
  BODY_TIMEOUT: {
    cause: "the body was not complete in time, or came more slowly than the least rate",
    remedy: "look for a slow link; the operator may raise bodyTimeoutMs",
  },
  BODY_NOT_HELD: {
    cause: "the bodies being held have reached inFlightBytes, or the disk for long ones is full",
    remedy: "send again after Retry-After; the operator may raise inFlightBytes or free the disk",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes of bodies. */
export type BodyCode = keyof typeof BODY_ERRORS;

export const tooLarge = (maxBytes: number): Deny =>
  deny(413, "BODY_TOO_LARGE", `the body exceeds the limit of ${maxBytes} bytes`);

export const tooSlow = (): Deny =>
  deny(408, "BODY_TIMEOUT", "the body came too slowly: send it again over a better link");

export const notHeld = (): Deny =>
  deny(503, "BODY_NOT_HELD", "too much is being uploaded: send again later", {
    "Retry-After": "1",
  });

function deny(
  status: number,
  code: BodyCode,
  detail: string,
  headers?: Record<string, string>,
): Deny {
  return { status, code, detail, ...(headers && { headers }) };
}
