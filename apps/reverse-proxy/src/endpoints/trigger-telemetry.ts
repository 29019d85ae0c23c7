import type { Hotkey } from "@neurond/primitives";
import { deny } from "../policies/deny.ts";
import type { Endpoint } from "./endpoint.ts";

/** Port: sends JSON to a URL that was checked, within a deadline; the status of the answer. */
export type PostJson = (url: string, body: object) => Promise<number>;

/** `POST /trigger_telemetry`: reports to the URL the operator chose that we are there. */
export function triggerTelemetry(
  url: string,
  hotkey: Hotkey,
  post: PostJson,
  now: () => number,
): Endpoint {
  return async () => {
    try {
      const report = { timestamp_ms: now(), miner_hotkey: hotkey, service: "reverse-proxy" };
      const telemetry_status = await post(url, report);
      return { status: 200, body: { telemetry_destination: url, telemetry_status } };
    } catch {
      // Why is the operator's business: the log of `post` has it.
      return { deny: deny("TELEMETRY_UNREACHABLE", "Failed to reach telemetry server") };
    }
  };
}
