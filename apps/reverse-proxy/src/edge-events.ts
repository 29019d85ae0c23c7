import type { Logger } from "@neurond/runtime";
import type { EdgeEvent } from "./edge/settings.ts";
import type { ProxyMetrics } from "./metrics.ts";

/** Counts and logs what a listener has to say that is no request. */
export function tell(event: EdgeEvent, { edgeEvents }: ProxyMetrics, log: Logger): void {
  const { kind } = event;
  const reason =
    "reason" in event && kind !== "tls-kept" ? event.reason : "code" in event ? event.code : "";
  edgeEvents.inc({ kind, reason });
  if (kind === "fault") log.error({ error: event.error, requestId: event.requestId }, "bug");
  else if (kind === "tls-kept") log.error({ reason: event.reason }, "certificates not taken");
  else if (kind === "tls-reloaded") log.info("certificates taken");
  else log.debug({ ...event }, "turned away at the door");
}
