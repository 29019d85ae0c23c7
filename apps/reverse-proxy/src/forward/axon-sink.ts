import { AXON } from "@neurond/epistula";
import type { Exchange } from "../exchange.ts";
import type { ResponseSink } from "./sink.ts";

/**
 * Tells a dendrite how its request went, in the headers it takes that from: without them it holds any
 * answer for a failure. A backend that is an axon has said so itself.
 */
export function axonSink(inner: ResponseSink, { principal }: Exchange): ResponseSink {
  if (principal?.scheme !== "axon") return inner;
  return {
    start(status, headers) {
      const isSaid = headers.some((name, at) => at % 2 === 0 && name === AXON.statusCode);
      inner.start(status, isSaid ? headers : [...headers, ...said(status)]);
    },
    write: (chunk) => inner.write(chunk),
    onDrain: (resume) => inner.onDrain(resume),
    end: (trailers) => inner.end(trailers),
    fail: (failure) => inner.fail(failure),
  };
}

function said(status: number): readonly string[] {
  const message = status < 400 ? "Success" : "Failure";
  return [AXON.statusCode, String(status), AXON.statusMessage, message];
}
