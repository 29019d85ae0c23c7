import type { ErrorEntry } from "@neurond/primitives";

/** Every code this package throws. */
export const WEBHOOK_ERRORS = {
  WEBHOOK_INVALID: {
    cause: "alerts.webhook is no https address, or one with a name and password in it",
    remedy: "give the whole https address; plain http only with alerts.allowPrivate",
  },
} as const satisfies Record<string, ErrorEntry>;

/** Codes this package throws. */
export type WebhookCode = keyof typeof WEBHOOK_ERRORS;
