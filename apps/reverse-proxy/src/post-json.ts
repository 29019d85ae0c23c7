import { isCoded } from "@neurond/primitives";
import type { Logger } from "@neurond/runtime";
import { egressFetch } from "./egress/egress-fetch.ts";
import type { EgressSettings } from "./egress/settings.ts";
import type { PostJson } from "./endpoints/trigger-telemetry.ts";

const DEADLINE_MS = 10_000;

/** Posts JSON to where the operator said, after looking where that leads; what comes back is not read. */
export function postJson(settings: EgressSettings, log: Logger): PostJson {
  const send = egressFetch(settings);
  return async (url, body) => {
    try {
      const response = await send(new URL(url), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: new TextEncoder().encode(JSON.stringify(body)),
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      await response.body?.cancel();
      return response.status;
    } catch (error) {
      log.warn(
        { url, error, ...(isCoded(error) && { code: error.code }) },
        "telemetry not delivered",
      );
      throw error;
    }
  };
}
