import type { Body } from "../body/body.ts";
import type { Exchange } from "../exchange.ts";
import type { ResponseSink } from "../forward/sink.ts";
import type { Deny } from "../policy.ts";
import { giveAnswer } from "./job-answer.ts";
import { readJobId } from "./job-id.ts";
import type { ParkedRequest, Parking } from "./parking.ts";

/** A request that its client waits for only so long. */
export interface AsyncAck extends Disposable {
  /** Where the answer goes that begins now; the one asked decides it for good. */
  readonly sink: () => ResponseSink;
  /** Whether the client has its 202: from then on it may leave, and the request goes on. */
  readonly isParked: boolean;
  /** A server's socket has been given the request. */
  sent(): void;
  /** It got no slot: false when that is still to be told to the client. */
  denied(deny: Deny): boolean;
}

/**
 * The 202 rule: when no answer has begun `asyncAckAfterMs` after the request came, the client is told
 * that it is queued, and its request goes on without it. While nothing more can be parked clients
 * wait on: a 202 is a promise to know what became of it.
 */
export function ackLater(
  exchange: Exchange,
  body: Body,
  client: ResponseSink,
  parking: Parking,
  afterMs: number,
): AsyncAck {
  let parked: ParkedRequest | undefined;
  let decided = false;
  let sentAtMs: number | null = null;

  const acknowledge = async () => {
    const jobId = await readJobId(body).catch(() => null);
    if (decided) return;
    parked = parking.park(exchange, jobId, sentAtMs);
    if (parked === undefined) return;
    const seconds = afterMs / 1_000;
    answer(client, {
      status: "queued",
      job_id: jobId,
      detail: `no answer within ${seconds} s; the request goes on, ask for its status`,
      proxy_timeout_seconds: seconds,
    });
  };
  const dueMs = Math.max(0, exchange.receivedAt + afterMs - Date.now());
  const timer = setTimeout(() => void acknowledge(), dueMs);

  return {
    get isParked() {
      return parked !== undefined;
    },
    sink: () => {
      decided = true;
      clearTimeout(timer);
      return parked?.sink ?? client;
    },
    sent: () => {
      sentAtMs ??= Date.now();
      parked?.sent();
    },
    denied: (deny) => {
      decided = true;
      clearTimeout(timer);
      parked?.denied(deny);
      return parked !== undefined;
    },
    [Symbol.dispose]: () => {
      decided = true;
      clearTimeout(timer);
    },
  };
}

function answer(client: ResponseSink, document: object): void {
  const body = Buffer.from(JSON.stringify(document));
  const headers = ["content-type", "application/json", "content-length", String(body.length)];
  giveAnswer(client, { status: 202, headers, body });
}
