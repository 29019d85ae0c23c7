import type { Admission, Admit } from "@neurond/epistula";
import type { Hotkey } from "@neurond/primitives";

/** Who may use the node. */
export interface AccessRules {
  readonly whitelist: readonly Hotkey[];
  readonly blacklist: readonly Hotkey[];
  readonly openAccess: boolean;
}

/**
 * The rules of an API node: who is blacklisted is refused whatever else holds, then open access lets
 * everybody in, then the whitelist counts. An empty one lets nobody in.
 */
export function admitByLists({ whitelist, blacklist, openAccess }: AccessRules): Admit {
  const [allowed, denied] = [new Set(whitelist), new Set(blacklist)];
  const refused = (detail: string): Admission => {
    return { admitted: false, code: "SENDER_NOT_ALLOWED", detail };
  };
  return (sender) => {
    if (denied.has(sender)) return refused("the hotkey is blacklisted here");
    if (openAccess || allowed.has(sender)) return { admitted: true, standing: null };
    return refused("the hotkey is not whitelisted here: ask the operator");
  };
}
