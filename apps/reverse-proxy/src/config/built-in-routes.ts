import type { Route } from "../routes.ts";

/** A route that is there without being configured; limits come from the settings. */
export interface BuiltInRoute
  extends Pick<Route, "methods" | "auth" | "upstream" | "asyncAckAfterMs"> {
  readonly match: string;
  /** Whether its bodies name URLs that the backend follows. */
  readonly namesUrls?: boolean;
}

/** A backend that has not answered by then is at work: its caller gets 202. */
const ASYNC_ACK_MS = 10_000;

const open = (match: string): BuiltInRoute => ({
  match,
  methods: ["GET", "HEAD"],
  auth: "none",
  upstream: null,
  asyncAckAfterMs: null,
});
const own = (match: string, ...methods: string[]): BuiltInRoute => ({
  match,
  methods,
  auth: "required",
  upstream: null,
  asyncAckAfterMs: null,
});
const work = (
  match: string,
  upstream: string,
  asyncAckAfterMs: number | null = null,
): BuiltInRoute => ({
  match,
  methods: ["POST"],
  auth: "required",
  upstream,
  asyncAckAfterMs,
  namesUrls: upstream === "inference",
});
const lookup = (match: string): BuiltInRoute => ({
  ...work(match, "inference"),
  methods: ["GET", "HEAD"],
  namesUrls: false,
});

/** What validators and the orchestrator call (Dippy's proxy, its seed and its head). */
export const builtInRoutes: readonly BuiltInRoute[] = [
  open("/"),
  open("/status"),
  open("/check/*"),
  own("/capacity", "GET"),
  own("/trigger_telemetry", "POST"),
  own("/receipts/*", "GET"),
  work("/train", "training"),
  work("/inference", "inference", ASYNC_ACK_MS),
  work("/edit", "inference", ASYNC_ACK_MS),
  work("/sync/inference", "inference"),
  work("/sync/edit", "inference"),
  lookup("/inference/status/*"),
  lookup("/inference/result/*"),
  lookup("/edit/status/*"),
  lookup("/edit/result/*"),
];
