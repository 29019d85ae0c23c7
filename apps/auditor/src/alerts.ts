import type { Logger } from "@neurond/runtime";
import { type Alert, type AlertsSection, Webhook } from "@neurond/webhooks";

/** Tells people what they must look at; nobody where no webhook is set. */
export interface Alerts {
  tell(alerts: readonly Alert[], signal: AbortSignal): Promise<void>;
}

/** The one way out for all alerts of an auditor: deliveries follow each other, so that none is told twice. */
export function openAlerts(
  { webhook: url, allowPrivate }: AlertsSection,
  log: Pick<Logger, "info" | "warn">,
): Alerts {
  if (url === undefined) return { tell: async () => undefined };
  const webhook = new Webhook({ url, allowPrivate, source: "neurond auditor" });
  let last: Promise<unknown> = Promise.resolve();
  return {
    async tell(alerts, signal) {
      const turn = last.then(() => webhook.send(alerts, signal));
      last = turn.catch(() => undefined);
      const delivery = await turn;
      if (delivery?.kind === "failed")
        log.warn(delivery, "alerts not delivered; sent with the next");
      if (delivery?.kind === "delivered") log.info(delivery, "alerts delivered");
    },
  };
}
