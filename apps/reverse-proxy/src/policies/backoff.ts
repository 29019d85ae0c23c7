import type { Policy } from "../policy.ts";
import { deny } from "./deny.ts";
import type { KnownAddresses } from "./known-addresses.ts";

/** Makes an address wait whose last requests were all refused; one that has proven a key never waits. */
export function backoff(addresses: KnownAddresses): Policy {
  return {
    name: "backoff",
    judge: ({ ip, receivedAt, route }) => {
      if (route.auth === "none") return undefined;
      const waitMs = addresses.waitMs(ip, receivedAt);
      if (waitMs === 0) return undefined;
      return deny("BACKOFF", "the last requests from this address were refused: wait", {
        "Retry-After": String(Math.ceil(waitMs / 1000)),
      });
    },
  };
}
