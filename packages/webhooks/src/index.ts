export { type Alert, alertBody } from "./alert.ts";
export { WEBHOOK_ERRORS, type WebhookCode } from "./errors.ts";
export { AlertsSection } from "./section.ts";
export { Webhook, type WebhookOptions } from "./webhook.ts";
