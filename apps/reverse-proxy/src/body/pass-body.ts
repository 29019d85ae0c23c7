import { Transform } from "node:stream";
import { answer } from "../edge/answer.ts";
import type { Arrival } from "../exchange.ts";
import type { Deny } from "../policy.ts";
import type { Body } from "./body.ts";
import { tooLarge, tooSlow } from "./errors.ts";
import { lengthOf } from "./length.ts";

/**
 * The body of an open route, to be passed on as it comes: nothing is proven by it, so nothing waits
 * for its end. What turns out too long or too late breaks off, and is answered here.
 */
export function passBody(
  arrival: Arrival,
  { maxBytes, deadlineMs }: { readonly maxBytes: number; readonly deadlineMs: number },
): Body | Deny {
  const { request, response } = arrival;
  const length = lengthOf(request);
  if (length === 0) return { kind: "none" };
  if (length !== null && length > maxBytes) return tooLarge(maxBytes);
  if (arrival.expectsContinue) response.writeContinue();
  let seen = 0;
  const readable = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > maxBytes) breakOff(tooLarge(maxBytes));
      else done(null, chunk);
    },
  });
  const breakOff = ({ status, code, detail }: Deny) => {
    answer(arrival, status, {}, { detail, code, requestId: arrival.id });
    readable.destroy(new Error(detail));
  };
  const timer = setTimeout(breakOff, deadlineMs, tooSlow());
  readable.on("close", () => clearTimeout(timer));
  // Heard here, whoever reads it: unheard it would end the process.
  readable.on("error", () => request.unpipe(readable));
  request.on("close", () => request.complete || readable.destroy(new Error("the client left")));
  request.on("error", (error) => readable.destroy(error));
  request.pipe(readable);
  return { kind: "stream", readable };
}
