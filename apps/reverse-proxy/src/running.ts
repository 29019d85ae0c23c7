import type { Config } from "./config/config.ts";
import type { Settings } from "./config/settings.ts";
import type { Cors } from "./cors.ts";
import type { Endpoint } from "./endpoints/endpoint.ts";
import type { Exchange } from "./exchange.ts";
import type { Claimed, Door } from "./policies/door.ts";
import type { Policy, Verdict, Whole } from "./policy.ts";
import type { RouteTable } from "./routes.ts";

/** Everything a request is judged by: replaced as a whole by a reload, never changed. */
export interface Running {
  readonly settings: Settings;
  readonly table: RouteTable;
  readonly cors: Cors;
  /** Before a byte of the body is read. */
  readonly before: readonly Policy[];
  readonly door: Door;
  /** Asked of who claims to be somebody; null asks nothing. */
  readonly interval: ((exchange: Exchange, claimed: Claimed) => Promise<Verdict>) | null;
  /** Once the caller is proven and the body is there. */
  readonly after: readonly Policy<Whole>[];
  /** By method and route. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  /** The upstream that serves a request: its route's, or that of the tenant it is signed for. */
  readonly upstreamFor: (exchange: Exchange) => string;
}

/** The key of an endpoint. */
export const endpointKey = (method: string, route: string) =>
  `${method === "HEAD" ? "GET" : method} ${route}`;

/** Which upstream serves whom: tenants may have servers of their own. */
export function upstreamChoice(tenants: Config["tenants"]): Running["upstreamFor"] {
  const own = new Map<string, Readonly<Record<string, string>>>(
    tenants.map(({ hotkey, upstreams }) => [hotkey, upstreams]),
  );
  return ({ route, principal }) => {
    const named = route.upstream ?? "";
    if (own.size === 0) return named;
    return own.get(principal?.receiver ?? "")?.[named] ?? named;
  };
}
