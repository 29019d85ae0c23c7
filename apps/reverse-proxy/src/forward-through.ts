import type { Body } from "./body/body.ts";
import type { Exchange } from "./exchange.ts";
import { type AnswerOptions, answerSink } from "./forward/answer-sink.ts";
import { clientSink } from "./forward/client-sink.ts";
import { type ForwardOptions, forward } from "./forward/forward.ts";
import { Leaving } from "./leaving.ts";
import { ackLater } from "./parking/async-ack.ts";
import { answerJob, giveAnswer, type JobAnswer } from "./parking/job-answer.ts";
import { readJobPath } from "./parking/job-path.ts";
import { ownerOf, type Parking } from "./parking/parking.ts";
import { preferBackend } from "./parking/prefer-backend.ts";
import type { Deny } from "./policy.ts";
import type { Ending } from "./served.ts";
import type { Slot, Upstream } from "./upstream/upstream.ts";

/** Another server is tried so often when one took no connection: nothing was sent to it. */
const ATTEMPTS = 3;

export interface ForwardThroughOptions {
  readonly upstream: Upstream;
  readonly exchange: Exchange;
  readonly body: Body;
  readonly parking: Parking;
  readonly limits: Omit<ForwardOptions, "sink" | "quietWhenUnreachable">;
  readonly answers: AnswerOptions;
}

/**
 * Waits for a slot, forwards, and tries another server where one could not be reached at all. On routes
 * that say so the client is told after a while that its request goes on without it.
 */
export async function forwardThrough(options: ForwardThroughOptions): Promise<Ending> {
  const { upstream, exchange, body, parking, limits } = options;
  const known = ownWord(exchange, parking);
  const plain = answerSink(exchange, options.answers);
  const client = known ? preferBackend(plain, known) : plain;
  const { asyncAckAfterMs } = exchange.route;
  using ack =
    asyncAckAfterMs === null ? null : ackLater(exchange, body, client, parking, asyncAckAfterMs);
  const leaving = new Leaving(exchange.response);
  let unreached: Ending | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const acquired = upstream.acquire(exchange, leaving);
    const slot = acquired instanceof Promise ? await acquired : acquired;
    if (!isSlot(slot) && unreached !== undefined) {
      // No other server is left to try.
      (ack?.sink() ?? client).fail("unreachable");
      return unreached;
    }
    if (!isSlot(slot)) {
      if (ack?.denied(slot)) return { kind: "parked", upstream: upstream.name, forwarded: null };
      const word = await known?.();
      if (word === undefined) return { kind: "denied", denial: { policy: "upstream", deny: slot } };
      giveAnswer(clientSink(exchange), word);
      return { kind: "answered", status: word.status };
    }
    const again = attempt < ATTEMPTS && body.kind !== "stream";
    const forwarded = await forward(exchange, body, slot, {
      ...limits,
      sink: () => ack?.sink() ?? client,
      ...(ack && { onSent: ack.sent }),
      quietWhenUnreachable: again,
    });
    const ending: Ending = ack?.isParked
      ? { kind: "parked", upstream: upstream.name, forwarded }
      : { kind: "forwarded", upstream: upstream.name, queuedMs: slot.queuedMs, forwarded };
    if (!again || forwarded.status !== null || forwarded.failure !== "unreachable") return ending;
    unreached = ending;
  }
}

/** How to find what we know of the job that is asked for, where a job is: it may be more than the backend does. */
function ownWord(
  exchange: Exchange,
  parking: Parking,
): (() => Promise<JobAnswer | undefined>) | undefined {
  const isQuestion = exchange.route.match.kind === "prefix" && exchange.head.method === "GET";
  const asked = isQuestion ? readJobPath(exchange.path) : null;
  if (asked === null) return undefined;
  return async () => {
    const found = await parking.find(ownerOf(exchange), asked.id);
    return found && answerJob(found, asked.asks);
  };
}

const isSlot = (given: Slot | Deny): given is Slot => "release" in given;
