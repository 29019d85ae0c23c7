// What a program needs that does nothing but ask others: no server, settings or logs are loaded with it.
export { readBounded } from "./read-bounded.ts";
export { type RetryOptions, retry } from "./retry.ts";
export { type Fetch, type OpenAnswer, type Outgoing, sendDirectly } from "./send.ts";
export { SignedClient, type SignedClientOptions } from "./signed-client.ts";
export { type SignedFetch, signedFetch } from "./signed-fetch.ts";
export type { ByteStream, SignedAnswer, SignedRequest, StreamedBody } from "./signed-request.ts";
