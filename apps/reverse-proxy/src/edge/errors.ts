import type { ErrorEntry } from "@neurond/primitives";

/** Every code the door answers before a request has a route, and what it throws. */
export const EDGE_ERRORS = {
  EXPECTATION_FAILED: {
    cause: "a request has an Expect header other than 100-continue",
    remedy: "send the request without it",
  },
  HEADERS_INVALID: {
    cause: "a header field is malformed, repeated where one is allowed, or at odds with another",
    remedy: "send the request as RFC 9110 and 9112 have it; the answer names the field",
  },
  HEADERS_TOO_LARGE: {
    cause: "the header block has more bytes or fields than the proxy reads",
    remedy: "send fewer or shorter headers, or raise maxHeaderBytes or maxHeaderCount",
  },
  HEADER_AMBIGUOUS: {
    cause: "a header name differs from one that matters only by underscores for hyphens",
    remedy: "write the name with hyphens",
  },
  HOST_INVALID: {
    cause: "Host is missing, repeated, or no host and port",
    remedy: "send one Host header with the name that the proxy is reached by",
  },
  REQUEST_INVALID: {
    cause: "the bytes on the connection are no HTTP request",
    remedy: "look at what the client, or a proxy between, makes of the request",
  },
  REQUEST_TARGET_AMBIGUOUS: {
    cause: "the path could mean one thing to the proxy and another to the backend",
    remedy:
      "write it plainly: no //, no dot segments, no ; or \\, escapes only where needed and in upper case",
  },
  REQUEST_TIMEOUT: {
    cause: "the header block was not complete in time",
    remedy: "send the request at once; look for a slow or lossy link",
  },
  TLS_FILES_INVALID: {
    cause: "a certificate or key cannot be read, is malformed, or the two do not belong together",
    remedy: "check the files which the message names",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes of the door. */
export type EdgeCode = keyof typeof EDGE_ERRORS;

/** HTTP status of what is answered. */
export const EDGE_STATUS = {
  EXPECTATION_FAILED: 417,
  HEADERS_INVALID: 400,
  HEADERS_TOO_LARGE: 431,
  HEADER_AMBIGUOUS: 400,
  HOST_INVALID: 400,
  REQUEST_INVALID: 400,
  REQUEST_TARGET_AMBIGUOUS: 400,
  REQUEST_TIMEOUT: 408,
} as const satisfies Partial<Record<EdgeCode, number>>;

/** Why a request is turned away before anybody looks at its route. */
export interface EdgeRefusal {
  readonly code: keyof typeof EDGE_STATUS;
  readonly detail: string;
}
