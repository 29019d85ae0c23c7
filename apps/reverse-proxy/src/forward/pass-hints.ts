import type { Arrival } from "../exchange.ts";

/**
 * Passes on what an interim answer of 103 links to. That decides nothing: the answer may take so long
 * that its client is told to ask again, and then nobody is left to be hinted to.
 */
export function passHints(
  { request, response }: Arrival,
  link: string | string[] | undefined,
): void {
  // Before HTTP/1.1 an answer was taken for the only one (RFC 8297 section 3).
  if (link === undefined || request.httpVersion === "1.0") return;
  if (response.headersSent || response.destroyed) return;
  try {
    response.writeEarlyHints({ link });
  } catch {
    // Node sends none that it cannot read; a hint is not worth the answer behind it.
  }
}
