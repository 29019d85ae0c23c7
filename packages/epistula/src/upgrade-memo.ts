import type { Hotkey } from "@neurond/primitives";
import type { Principal } from "./signed.ts";

/** How long and how many. */
export interface UpgradeMemoOptions {
  /** For so long after a btauth/1 request, weaker schemes are refused from its sender. */
  readonly forMs: number;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  /** Beyond it, the sender heard of least lately is forgotten. */
  readonly maxHotkeys?: number;
}

/** Who has moved to btauth/1. */
export interface UpgradeMemo {
  /** Tells of a caller that was let in; one that is not proven would shut others out. */
  note(principal: Pick<Principal, "hotkey" | "scheme">): void;
  /** For `AuthPolicyOptions.hasUpgraded`. */
  hasUpgraded(sender: Hotkey): boolean;
}

/**
 * Remembers senders that were let in with btauth/1, so that a request of theirs with its btauth headers
 * cut off is refused. An operator who goes back to an old client waits `forMs`.
 */
export function upgradeMemo({ forMs, now, maxHotkeys = 4096 }: UpgradeMemoOptions): UpgradeMemo {
  // In the order in which they were heard of last.
  const until = new Map<Hotkey, number>();
  return {
    note({ hotkey, scheme }) {
      if (scheme !== "btauth/1") return;
      until.delete(hotkey);
      until.set(hotkey, now() + forMs);
      if (until.size <= maxHotkeys) return;
      for (const oldest of until.keys()) {
        until.delete(oldest);
        return;
      }
    },
    hasUpgraded(sender) {
      const end = until.get(sender);
      return end !== undefined && now() < end;
    },
  };
}
