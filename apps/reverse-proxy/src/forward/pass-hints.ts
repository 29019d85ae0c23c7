import type { Arrival } from "../exchange.ts";

/**
 * Passes on what an interim answer of 103 links to. That decides nothing: the answer may take so long
 * that its client is told to ask again, and then nobody is left to be hinted to.
 */
export function passHints({ response }: Arrival, link: string | string[] | undefined): void {
  if (link === undefined || response.headersSent || response.destroyed) return;
  response.writeEarlyHints({ link });
}
