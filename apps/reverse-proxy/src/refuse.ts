import { AXON, answerAxonRefusal } from "@neurond/epistula";
import { answer } from "./edge/answer.ts";
import type { Arrival } from "./exchange.ts";
import type { Deny } from "./policy.ts";

/** The one place where a denial becomes an answer. A dendrite finds in it what it reads, too. */
export function refuse(arrival: Arrival, { status, code, detail, headers }: Deny): void {
  const body = { detail, code, requestId: arrival.id };
  if (!isDendrites(arrival)) {
    answer(arrival, status, headers ?? {}, body);
    return;
  }
  const axon = answerAxonRefusal({ status, detail }, arrival.head.headers);
  answer(arrival, status, { ...axon.headers, ...headers }, { ...axon.body, ...body });
}

const isDendrites = ({ request }: Arrival) => request.headers[AXON.dendriteHotkey] !== undefined;
