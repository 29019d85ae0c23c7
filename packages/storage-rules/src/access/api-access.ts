import type { Hotkey } from "@neurond/primitives";

/** Whom an API node serves (`--api.*`). */
export interface ApiAccessRules {
  /** Nobody else is served unless access is open: an empty list lets nobody in. */
  readonly whitelist: ReadonlySet<Hotkey>;
  readonly blacklist: ReadonlySet<Hotkey>;
  /** Serve everybody who is not blacklisted. */
  readonly openAccess: boolean;
}

/** Everybody is refused until the operator says whom to serve. */
export const API_ACCESS: ApiAccessRules = {
  whitelist: new Set(),
  blacklist: new Set(),
  openAccess: false,
};

/** What a caller wants with whose file. */
export type ApiRequest =
  | { readonly operation: "store" }
  | {
      readonly operation: "retrieve" | "delete";
      readonly owner: Hotkey;
      /** Who may read though they own nothing. */
      readonly grantees: ReadonlySet<Hotkey>;
    };

/** Why a caller is refused, with the HTTP status of it. */
export const API_REFUSALS = { BLACKLISTED: 403, NOT_WHITELISTED: 403, NOT_OWNER: 403 } as const;
export type ApiRefusal = keyof typeof API_REFUSALS;

/**
 * Why a request is refused, or null. Access to the node comes first, then the file's own: its owner
 * and whom it shares with may read it, and only its owner may delete it.
 */
export function refuseApiAccess(
  caller: Hotkey,
  request: ApiRequest,
  { whitelist, blacklist, openAccess } = API_ACCESS,
): ApiRefusal | null {
  if (blacklist.has(caller)) return "BLACKLISTED";
  if (!openAccess && !whitelist.has(caller)) return "NOT_WHITELISTED";
  if (request.operation === "store" || request.owner === caller) return null;
  const isReader = request.operation === "retrieve" && request.grantees.has(caller);
  return isReader ? null : "NOT_OWNER";
}
