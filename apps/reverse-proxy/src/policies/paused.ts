import type { Policy } from "../policy.ts";
import { deny } from "./deny.ts";

const RETRY_SEC = "30";

/** Takes nothing new for backends while the operator says so; what we answer ourselves goes on. */
export function paused(isPaused: () => boolean): Policy {
  return {
    name: "paused",
    judge: ({ route }) =>
      route.upstream !== null && isPaused()
        ? deny("DRAINING", "this miner takes no requests just now", { "Retry-After": RETRY_SEC })
        : undefined,
  };
}
