import type { ErrorEntry } from "@neurond/primitives";

/** Every code of the admin plane. */
export const ADMIN_ERRORS = {
  ADMIN_TOKEN_MISSING: {
    cause: "the request brings no `Authorization: Bearer`",
    remedy: "send the token of `admin.token`, or the one it was last replaced by",
  },
  ADMIN_TOKEN_WRONG: {
    cause: "the token is not the one that holds now",
    remedy: "look whether it was replaced; a new `admin.token` and a reload replace it again",
  },
  BANS_FULL: {
    cause: "more keys are banned than are kept",
    remedy: "lift bans that no longer matter, or narrow `policy` instead",
  },
  BANS_UNREADABLE: {
    cause: "the file of bans is damaged, and without it banned keys would be let in",
    remedy: "repair or remove the file that the message names",
  },
  BANS_UNSAVED: {
    cause:
      "a ban could not be written down: here it holds, but not yet elsewhere or after a restart",
    remedy: "look at the disk of `admin.directory`, or at Redis, and send it again",
  },
  BAN_UNKNOWN: { cause: "the key is not banned", remedy: "see the list of bans" },
  RECEIPTS_OFF: {
    cause: "this proxy keeps no receipts",
    remedy: "set `receipts.directory` and restart",
  },
  RELOAD_REFUSED: {
    cause: "the new configuration cannot work; the old one goes on",
    remedy: "correct what the message names, and reload again",
  },
  RELOAD_UNAVAILABLE: {
    cause: "this proxy was started without a way to read its configuration again",
    remedy: "restart it",
  },
  SERVER_UNKNOWN: {
    cause: "the upstream has no such server",
    remedy: "write it as the list of upstreams does",
  },
  TOKEN_UNSAVED: {
    cause: "a new token could not be written down, so the old one still holds",
    remedy: "look at the disk of `admin.directory`, and ask again",
  },
  UPSTREAM_UNKNOWN: { cause: "no upstream has this name", remedy: "see the list of upstreams" },
} as const satisfies Record<string, ErrorEntry>;

/** Codes of the admin plane. */
export type AdminCode = keyof typeof ADMIN_ERRORS;

/** HTTP status of each. */
export const ADMIN_STATUS: Readonly<Record<AdminCode, number>> = {
  ADMIN_TOKEN_MISSING: 401,
  ADMIN_TOKEN_WRONG: 401,
  BANS_FULL: 409,
  BANS_UNREADABLE: 500,
  BANS_UNSAVED: 503,
  BAN_UNKNOWN: 404,
  RECEIPTS_OFF: 404,
  RELOAD_REFUSED: 409,
  RELOAD_UNAVAILABLE: 501,
  SERVER_UNKNOWN: 404,
  TOKEN_UNSAVED: 503,
  UPSTREAM_UNKNOWN: 404,
};
