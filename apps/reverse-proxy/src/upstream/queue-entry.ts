import type { Rao } from "@neurond/primitives";
import type { Exchange } from "../exchange.ts";
import { clientTimeoutMs } from "./client-deadline.ts";
import type { QueueEntry } from "./queue.ts";

const NO_STAKE = 0n as Rao;

/** What of a request decides its place: its route, who signed it, and how long that one waits. */
export function entryOf(exchange: Exchange, nowMs: number): QueueEntry {
  const { principal, route, receivedAt } = exchange;
  const timeoutMs = clientTimeoutMs(exchange.head.headers);
  return {
    priorityClass: route.priorityClass,
    stakeRao: principal?.standing?.stakeRao ?? NO_STAKE,
    owner: principal?.hotkey ?? exchange.ip,
    patienceMs: timeoutMs === null ? null : Math.max(0, receivedAt + timeoutMs - nowMs),
    arrivedMs: nowMs,
  };
}
