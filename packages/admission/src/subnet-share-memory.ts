import type { SubnetShare } from "./subnet-share.ts";

/** Hands out shares of one memory, each to a holder of its own. */
export function subnetShareMemory(now: () => number): () => SubnetShare {
  let lease:
    | { readonly holder: symbol; readonly token: number; readonly until: number }
    | undefined;
  let tokens = 0;
  let published: { readonly token: number; readonly text: string } | undefined;
  return () => {
    const holder = Symbol("holder");
    return {
      async lead(leaseMs) {
        const live = lease !== undefined && lease.until > now() ? lease : undefined;
        if (live !== undefined && live.holder !== holder) return undefined;
        if (live === undefined) tokens += 1;
        lease = { holder, token: tokens, until: now() + leaseMs };
        return lease.token;
      },
      async publish(token, text) {
        if (published !== undefined && published.token > token) return false;
        published = { token, text };
        return true;
      },
      async latest() {
        return published?.text;
      },
      async resign() {
        if (lease?.holder === holder) lease = undefined;
      },
    };
  };
}
