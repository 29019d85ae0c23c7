import type { Settings } from "./config/settings.ts";
import type { ProxyMetrics } from "./metrics.ts";
import { needsRestart, type ReloadResult } from "./reload.ts";
import type { Running } from "./running.ts";

export interface LiveDeps {
  /** Throws, and changes nothing, where settings cannot work. */
  readonly build: (settings: Settings) => Running;
  /** Tells the parts that follow settings by themselves; throws before it has changed any. */
  readonly follow: (settings: Settings) => void;
  readonly metrics: Pick<ProxyMetrics, "reloads" | "reloadRefused">;
}

/** What requests are judged by at the moment, and the one way to replace it: as a whole, or not at all. */
export class Live {
  readonly #deps: LiveDeps;
  #running: Running;

  constructor(settings: Settings, deps: LiveDeps) {
    this.#deps = deps;
    this.#running = deps.build(settings);
  }

  get running(): Running {
    return this.#running;
  }

  /** Reads settings and takes them; where they cannot be read or cannot work, the old ones go on. */
  reload(read: () => Settings): ReloadResult {
    const { build, follow, metrics } = this.#deps;
    try {
      const next = read();
      const candidate = build(next);
      follow(next);
      const restart = needsRestart(this.#running.settings, next);
      this.#running = candidate;
      metrics.reloads.inc({ result: "taken" });
      metrics.reloadRefused.set(0);
      return { kind: "taken", restart };
    } catch (error) {
      metrics.reloads.inc({ result: "refused" });
      metrics.reloadRefused.set(1);
      return { kind: "refused", error };
    }
  }
}
