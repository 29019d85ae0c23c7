import type { HeldBody } from "../body/read-body.ts";
import type { Exchange } from "../exchange.ts";
import type { Deny } from "../policy.ts";

/** What an endpoint of the proxy itself answers; the body is sent as JSON. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

/** A path that the proxy answers itself; a denial is answered like those of policies. */
export type Endpoint = (
  exchange: Exchange,
  held: HeldBody | null,
) => Reply | { readonly deny: Deny } | Promise<Reply | { readonly deny: Deny }>;

/** Name of the service in its own answers, as tools that probe the first proxy know it. */
export const SERVICE = "bittensor-miner-reverse-proxy";
