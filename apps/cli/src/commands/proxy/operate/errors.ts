import type { ErrorEntry } from "@neurond/primitives";

/** Every code of the commands that operate a reverse proxy. */
export const PROXY_COMMAND_ERRORS = {
  PROXY_MALFORMED: {
    cause: "what answers is not the admin plane of a reverse proxy",
    remedy: "check --admin, and that both sides are of one version",
  },
  PROXY_REFUSED: {
    cause: "the proxy said no; its own code and words are in the message",
    remedy: "do what it says",
  },
  PROXY_TOKEN_MISSING: {
    cause: "no token of the admin plane was given",
    remedy: "give --token-file, or REVERSE_PROXY_ADMIN_TOKEN",
  },
  PROXY_UNREACHABLE: {
    cause: "nobody answers at the address of the admin plane",
    remedy: "check that the proxy runs with `admin.token` set, or name its address with --admin",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes of the commands that operate a reverse proxy. */
export type ProxyCommandCode = keyof typeof PROXY_COMMAND_ERRORS;
