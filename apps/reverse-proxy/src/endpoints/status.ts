import type { Netuid } from "@neurond/primitives";
import type { Config } from "../config/config.ts";
import type { Upstream } from "../upstream/upstream.ts";
import { type Endpoint, SERVICE } from "./endpoint.ts";

/** What `/status` looks at; every member is asked when somebody asks. */
export interface StatusDeps {
  readonly version: string;
  readonly config: Config;
  readonly draining: () => boolean;
  readonly upstreams: () => readonly Pick<Upstream, "name" | "state" | "queueDepth">[];
  /** Seconds; infinite before the first view. */
  readonly snapshotAges: () => ReadonlyMap<Netuid, number>;
  /** Which shared stores do not answer. */
  readonly degraded: () => readonly string[];
}

const SCHEMES = { btauth: "btauth/1", epistula: "epistula/2" } as const;

/** `GET /status`: what works, part by part, and how to sign. Says nothing that helps an attacker more. */
export function status(deps: StatusDeps): Endpoint {
  const { version, config } = deps;
  const { auth, policy, redis } = config;
  const headers = auth.binding === "ignored" ? {} : { "Epistula-Accept-Binding": "v1" };
  return () => {
    const upstreams = deps.upstreams();
    const snapshots = [...deps.snapshotAges()].map(([netuid, age]) => ({
      netuid,
      ageSec: Number.isFinite(age) ? Math.round(age) : null,
      fresh: age <= policy.maxAgeSec,
    }));
    const degraded = deps.degraded();
    const replay = degraded.includes("replay")
      ? redis.onOutage === "local"
        ? "degraded"
        : "down"
      : "ready";
    return {
      status: 200,
      headers,
      body: {
        status: deps.draining() ? "draining" : "running",
        service: SERVICE,
        version,
        // Named callers can be proven without a view of the subnet; the others cannot.
        epistula_ready:
          replay !== "down" &&
          (auth.open || auth.allowed_senders.length > 0 || snapshots.some(({ fresh }) => fresh)),
        auth: auth.schemes.map((scheme) => SCHEMES[scheme]),
        components: {
          upstreams: Object.fromEntries(
            upstreams.map(({ name, state, queueDepth }) => [name, { state, queueDepth }]),
          ),
          snapshots,
          replay,
          limits: degraded.includes("limits") ? "degraded" : "ready",
        },
        draining: deps.draining(),
      },
    };
  };
}
