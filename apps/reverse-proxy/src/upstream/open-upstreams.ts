import { once } from "node:events";
import { isDeepStrictEqual } from "node:util";
import { checkHealth } from "./check-health.ts";
import { ServerGroup, type UpstreamDeps } from "./server-group.ts";
import type { UpstreamSettings } from "./settings.ts";
import type { OperatedUpstream, Upstreams } from "./upstream.ts";

type Settings = Readonly<Record<string, UpstreamSettings>>;

/**
 * Opens the upstreams of a configuration; no connection is made before it is needed.
 * @throws CodedError UPSTREAM_URL_INVALID, UPSTREAM_TLS_INVALID
 */
export function openUpstreams(settings: Settings, deps: UpstreamDeps): Upstreams {
  const upstreams = new OpenUpstreams(deps);
  upstreams.replace(settings);
  return upstreams;
}

class OpenUpstreams implements Upstreams {
  readonly #deps: UpstreamDeps;
  #groups = new Map<string, ServerGroup>();
  /** Replaced, and still serving what they took. */
  readonly #retiring = new Map<ServerGroup, Promise<void>>();
  #check: (group: ServerGroup) => void = () => undefined;

  constructor(deps: UpstreamDeps) {
    this.#deps = deps;
    deps.metrics.watch(() => this.all().map((upstream) => upstream.view()));
  }

  get(name: string): OperatedUpstream | undefined {
    return this.#groups.get(name);
  }

  all(): readonly OperatedUpstream[] {
    return [...this.#groups.values()];
  }

  replace(settings: Settings): void {
    const next = new Map<string, ServerGroup>();
    // All are made before any is retired: settings that cannot be used change nothing.
    for (const [name, wanted] of Object.entries(settings)) {
      const known = this.#groups.get(name);
      const same = known !== undefined && isDeepStrictEqual(known.settings, wanted);
      next.set(name, same ? known : new ServerGroup(name, wanted, this.#deps));
    }
    const before = this.#groups;
    this.#groups = next;
    for (const [name, group] of before) if (next.get(name) !== group) this.#retire(group);
    for (const [name, group] of next) if (before.get(name) !== group) this.#check(group);
  }

  async watch(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const failed = Promise.withResolvers<never>();
    const stop = new AbortController();
    const both = AbortSignal.any([signal, stop.signal]);
    const checks = new Set<Promise<void>>();
    this.#check = (group) => {
      const check = checkHealth(group, this.#deps.random ?? Math.random, both)
        .catch(failed.reject)
        .finally(() => checks.delete(check));
      checks.add(check);
    };
    for (const group of this.#groups.values()) this.#check(group);
    try {
      await Promise.race([once(signal, "abort"), failed.promise]);
    } finally {
      this.#check = () => undefined;
      stop.abort();
      await Promise.all(checks);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const groups = [...this.#groups.values(), ...this.#retiring.keys()];
    await Promise.all(groups.map((group) => group[Symbol.asyncDispose]()));
  }

  #retire(group: ServerGroup): void {
    const retiring = group.retire().finally(() => this.#retiring.delete(group));
    this.#retiring.set(group, retiring);
  }
}
