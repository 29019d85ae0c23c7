import type { Config } from "./config/config.ts";
import type { Upstream } from "./upstream/upstream.ts";

type Settings = Config["capacity"];

/** What is asked of upstreams: whether one would serve a request now. */
export type StateOf = (upstream: string) => Upstream["state"] | undefined;

/** Capability to yes or no: all that the orchestrator's parser takes. */
export type Flags = Readonly<Record<string, boolean>>;
/** Group to capabilities: what the first proxy said. */
export type Lists = Readonly<Record<string, readonly string[]>>;

/** What an operator said by hand; it outlives reloads, and ends with the process. */
export class CapacityOverrides {
  readonly #said = new Map<string, boolean>();

  get(capability: string): boolean | undefined {
    return this.#said.get(capability);
  }

  /** Null takes back what was said. */
  set(capability: string, can: boolean | null): void {
    if (can === null) this.#said.delete(capability);
    else this.#said.set(capability, can);
  }

  names(): readonly string[] {
    return [...this.#said.keys()];
  }

  /** Adds capabilities to a group as if it were configured with them. */
  readonly groups = new Map<string, readonly string[]>();
}

/** What we can do just now: what is configured, less what would not be served, as overridden by hand. */
export interface Capacity {
  readonly flags: Flags;
  readonly lists: Lists;
}

/** Derives both shapes of the capacity document. While we drain we can do nothing. */
export function capacityNow(
  settings: Settings,
  stateOf: StateOf,
  overrides: CapacityOverrides,
  draining: boolean,
): Capacity {
  const can = (capability: string, upstream: string | null): boolean => {
    if (draining) return false;
    const said = overrides.get(capability) ?? settings.flags[capability];
    // Said by hand it stands, whatever the upstream: but no by hand in the file cannot be undone by health.
    if (overrides.get(capability) !== undefined || said === false) return said === true;
    if (upstream === null) return said ?? true;
    const state = stateOf(upstream);
    return state === "ready" || (state === "saturated" && !settings.shedWhenFull);
  };
  const groups = groupsOf(settings, overrides);
  const flags: Record<string, boolean> = {};
  for (const [upstream, names] of groups) {
    for (const name of names) flags[name] = can(name, upstream);
  }
  for (const name of [...Object.keys(settings.flags), ...overrides.names()]) {
    flags[name] ??= can(name, null);
  }
  const lists = Object.fromEntries(
    groups.map(([group, names]) => [group, names.filter((name) => flags[name])]),
  );
  return { flags, lists };
}

/** Capabilities by upstream; one that another upstream is named for is taken from the first two. */
function groupsOf(
  { inference, training, upstreams }: Settings,
  overrides: CapacityOverrides,
): readonly (readonly [string, readonly string[]])[] {
  const elsewhere = new Set(Object.values(upstreams).flat());
  const group = (name: string, configured: readonly string[]) =>
    [
      name,
      (overrides.groups.get(name) ?? configured).filter((capability) => !elsewhere.has(capability)),
    ] as const;
  return [
    group("inference", inference),
    group("training", training),
    ...Object.entries(upstreams).filter(([name]) => name !== "inference" && name !== "training"),
  ];
}
