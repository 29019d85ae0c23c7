import type { Logger } from "@neurond/runtime";
import { type Alert, type AlertsSection, Webhook } from "@neurond/webhooks";

/** Tells people what they must look at; nobody where no webhook is set. */
export interface Alerts {
  tell(alerts: readonly Alert[], signal: AbortSignal): Promise<void>;
}

/** The one way out for all alerts of an auditor. */
export function openAlerts(
  { webhook: url, allowPrivate }: AlertsSection,
  log: Pick<Logger, "info" | "warn">,
): Alerts {
  if (url === undefined) return { tell: async () => undefined };
  const webhook = new Webhook({ url, allowPrivate, source: "neurond auditor" });
  return {
    async tell(alerts, signal) {
      const delivery = await webhook.send(alerts, signal);
      if (delivery?.kind === "failed")
        log.warn(delivery, "alerts not delivered; sent with the next");
      if (delivery?.kind === "delivered") log.info(delivery, "alerts delivered");
    },
  };
}
