import { SignedClient, type SignedClientOptions } from "./signed-client.ts";
import type { SignedAnswer, SignedRequest } from "./signed-request.ts";

/** Sends a signed request and reads its answer whole. */
export type SignedFetch = (request: SignedRequest) => Promise<SignedAnswer>;

/** `SignedClient.fetch` of a client of its own, for who needs no more. */
export function signedFetch(options: SignedClientOptions): SignedFetch {
  const client = new SignedClient(options);
  return (request) => client.fetch(request);
}
