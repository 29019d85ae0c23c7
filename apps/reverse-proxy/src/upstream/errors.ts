import type { ErrorEntry } from "@neurond/primitives";

/** Every code that upstreams throw. A request that gets no slot is never one of them: it is a `Deny`. */
export const UPSTREAM_ERRORS = {
  UPSTREAM_URL_INVALID: {
    cause: "a URL of an upstream has another scheme, a user, a query or a fragment, or is none",
    remedy: "write http://host:port/path, https://host:port/path or unix:/path/of.sock",
  },
  UPSTREAM_TLS_INVALID: {
    cause: "certificates or a key for the servers of an upstream cannot be used",
    remedy: "give PEM texts; a certificate and its key belong together",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes that upstreams throw. */
export type UpstreamCode = keyof typeof UPSTREAM_ERRORS;
