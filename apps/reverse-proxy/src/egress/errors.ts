import type { ErrorEntry } from "@neurond/primitives";

/** Codes for URLs that must not be followed: thrown where we would, denied where a backend would. */
export const EGRESS_ERRORS = {
  URL_NOT_ALLOWED: {
    cause: "a URL leads into a private network, or to a scheme, port or host that is not allowed",
    remedy: "name a public URL; as operator, see egress.allowHosts and egress.allowPrivate",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes for URLs that must not be followed. */
export type EgressCode = keyof typeof EGRESS_ERRORS;
