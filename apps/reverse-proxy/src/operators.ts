import {
  createApp,
  Health,
  type Listening,
  type Logger,
  listen,
  type Registry,
} from "@neurond/runtime";
import type { Config } from "./config/config.ts";
import type { Settings } from "./config/settings.ts";
import type { Subnets } from "./subnets.ts";
import type { Upstreams } from "./upstream/upstream.ts";

/** What readiness depends on. */
export interface Judged {
  readonly upstreams: Upstreams;
  readonly subnets: Subnets;
  readonly draining: () => boolean;
}

/** Whether requests may be sent here: for `/readyz`. */
export function healthOf({ upstreams, subnets, draining }: Judged, config: () => Config): Health {
  const health = new Health();
  health.requireReady("draining", () => (draining() ? "stopping" : undefined));
  health.requireReady("upstreams", () => {
    const down = upstreams.all().filter(({ state }) => state === "down");
    return down.length > 0 ? `down: ${down.map(({ name }) => name).join(", ")}` : undefined;
  });
  health.requireReady("subnets", () => {
    const limit = config().policy.maxAgeSec;
    const old = [...subnets.ages()].filter(([, age]) => age > limit).map(([netuid]) => netuid);
    return old.length > 0 ? `no recent view of ${old.join(", ")}` : undefined;
  });
  return health;
}

export interface OperatorsOptions {
  readonly settings: Settings;
  readonly registry: Registry;
  readonly health: Health;
  readonly version: string;
  readonly log: Logger;
}

/** `/metrics`, `/livez` and `/readyz`, for the operator alone; null where they are switched off. */
export async function listenOperators(options: OperatorsOptions): Promise<Listening | null> {
  const { settings, ...rest } = options;
  if (!settings.config.metrics.enabled) return null;
  const app = await createApp({ title: "neurond reverse proxy", statusOf: {}, ...rest });
  return listen(app, settings.config.metrics.listen);
}
