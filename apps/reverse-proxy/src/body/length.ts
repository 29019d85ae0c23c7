import type { Incoming } from "../exchange.ts";

/** Bytes of a body as announced, 0 where there is none; null for one that ends when it ends. */
export function lengthOf(request: Incoming): number | null {
  const length = request.headers["content-length"];
  if (length !== undefined) return Number(length);
  if ("stream" in request) return request.stream.endAfterHeaders ? 0 : null;
  return request.headers["transfer-encoding"] === undefined ? 0 : null;
}
