import { CodedError, isAbort } from "@neurond/primitives";
import { type CheckedFetch, checkedFetch } from "@neurond/registry/io";
import { retry, type Secret } from "@neurond/runtime";
import { type Alert, alertBody } from "./alert.ts";
import type { WebhookCode } from "./errors.ts";

/** Where alerts go, and how. */
export interface WebhookOptions {
  readonly url: Secret;
  readonly allowPrivate: boolean;
  /** Who tells: the name of the daemon. */
  readonly source: string;
  readonly fetch?: CheckedFetch;
  readonly timeoutMs?: number;
  readonly firstDelayMs?: number;
}

const ATTEMPTS = 5;
const FIRST_DELAY_MS = 1_000;
const TIMEOUT_MS = 10_000;
/** More alerts that wait than this push the oldest out. */
const MAX_WAITING = 500;

/** What became of a delivery. */
export type Delivery =
  | { readonly kind: "delivered"; readonly alerts: number }
  | { readonly kind: "failed"; readonly alerts: number; readonly reason: string };

/**
 * Posts alerts to one address: never through a redirect, never to an address inside our own network
 * unless allowed, bounded in time, again when the other side is busy. What is not delivered waits for
 * the next call, up to a limit.
 */
export class Webhook {
  readonly #options: WebhookOptions;
  readonly #url: URL;
  readonly #fetch: CheckedFetch;
  readonly #waiting: Alert[] = [];

  /** @throws CodedError WEBHOOK_INVALID */
  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#url = checkedUrl(options);
    this.#fetch = options.fetch ?? checkedFetch({ allowPrivate: options.allowPrivate });
  }

  /** Delivers these and all that wait; null when there is nothing to tell. */
  async send(alerts: readonly Alert[], signal: AbortSignal): Promise<Delivery | null> {
    // Taken out, not copied: another call meanwhile must not send them as well.
    const sent = [...this.#waiting.splice(0), ...alerts].slice(-MAX_WAITING);
    if (sent.length === 0) return null;
    try {
      const body = new TextEncoder().encode(alertBody(this.#options.source, sent));
      await retry((asked) => this.#post(body, asked), {
        signal,
        attempts: ATTEMPTS,
        firstDelayMs: this.#options.firstDelayMs ?? FIRST_DELAY_MS,
        retryable: isPassing,
      });
      return { kind: "delivered", alerts: sent.length };
    } catch (error) {
      this.#waiting.unshift(...sent);
      signal.throwIfAborted();
      return { kind: "failed", alerts: sent.length, reason: reasonOf(error) };
    }
  }

  async #post(body: Uint8Array, signal: AbortSignal): Promise<void> {
    const { timeoutMs = TIMEOUT_MS } = this.#options;
    const response = await this.#fetch(this.#url, {
      method: "POST",
      headers: { "content-type": "application/json", "content-length": `${body.length}` },
      body: Uint8Array.from(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    await response.body?.cancel();
    if (!response.ok) throw new Refusal(response.status);
  }
}

/** An answer that is no yes. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`it answered with status ${status}`);
    this.status = status;
  }
}

/** Whether the same request may succeed in a moment. */
function isPassing(error: unknown): boolean {
  if (error instanceof CodedError) return error.code === "HOST_UNRESOLVED";
  if (!(error instanceof Refusal)) return true;
  return error.status === 408 || error.status === 429 || error.status >= 500;
}

/** The address is a secret: of it only the reason is told. */
function reasonOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (isAbort(error)) return "it did not answer in time";
  if (error instanceof CodedError) return error.code;
  const { code } = error as NodeJS.ErrnoException;
  return code ?? "it could not be reached";
}

function checkedUrl({ url, allowPrivate }: WebhookOptions): URL {
  const parsed = URL.canParse(url.reveal()) ? new URL(url.reveal()) : null;
  const schemes = allowPrivate ? ["https:", "http:"] : ["https:"];
  if (parsed !== null && schemes.includes(parsed.protocol) && parsed.username === "") return parsed;
  // The address itself must not stand in a log.
  throw new CodedError<WebhookCode>("WEBHOOK_INVALID", "alerts.webhook is no https address");
}
