import type { EdgeSettings } from "../edge/settings.ts";
import type { Route } from "../routes.ts";
import type { UpstreamSettings } from "../upstream/settings.ts";
import type { Config } from "./config.ts";
import { deriveEdge } from "./derive-edge.ts";
import { deriveRoutes } from "./derive-routes.ts";
import { deriveUpstreams } from "./derive-upstreams.ts";

/** A configuration, and what follows from it. */
export interface Settings {
  readonly config: Config;
  readonly routes: readonly Route[];
  readonly upstreams: Readonly<Record<string, UpstreamSettings>>;
  readonly edge: EdgeSettings;
}

/** Derives everything there is to derive, so that a bad configuration is refused before it is used. */
export function settingsOf(config: Config): Settings {
  return {
    config,
    routes: deriveRoutes(config),
    upstreams: deriveUpstreams(config),
    edge: deriveEdge(config),
  };
}
