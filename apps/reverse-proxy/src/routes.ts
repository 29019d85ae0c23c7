import type { AcceptedScheme, AxonField } from "@neurond/epistula";

/** What happens to requests of one path: checked settings, nothing computed per request. */
export interface Route {
  /** The label in metrics, logs and receipts: the pattern as configured. */
  readonly name: string;
  readonly methods: readonly string[];
  readonly match: Match;
  readonly auth: "required" | "none";
  /** Ways to sign that are accepted here. */
  readonly schemes: readonly AcceptedScheme[];
  /** Fields of the body that a dendrite signs, in their order. */
  readonly axonFields: readonly AxonField[];
  /** Name of the upstream; null where the proxy answers itself. */
  readonly upstream: string | null;
  readonly timeoutMs: number;
  /** Answer 202 after so long and leave the backend at work; null waits for `timeoutMs`. */
  readonly asyncAckAfterMs: number | null;
  readonly maxBodyBytes: number;
  readonly priorityClass: number;
  /** Whether the upstream gets the signature too, because it checks for itself. */
  readonly forwardAuth: boolean;
  /** Fields of a JSON body whose URLs the backend will follow: they must not lead into our own network. */
  readonly urlFields: readonly string[];
  /** Whether the body of an open route is passed on as it comes; what is proven is held first. */
  readonly streamBody: boolean;
  /** Requests a minute of everybody together; null sets no limit. */
  readonly perMinute: number | null;
}

/** Paths are compared as bytes: what is not written like a route is not that route. */
export type Match =
  | { readonly kind: "exact"; readonly path: string }
  /** All that begins with it; ends in a slash. */
  | { readonly kind: "prefix"; readonly path: string };

export type Found =
  | { readonly kind: "route"; readonly route: Route }
  | { readonly kind: "unknown" }
  | { readonly kind: "method"; readonly allow: readonly string[] };

/** Finds routes: exact paths first, then the longest prefix. */
export class RouteTable {
  readonly #exact = new Map<string, Route[]>();
  readonly #prefixes: { readonly path: string; readonly routes: Route[] }[] = [];

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#add(route);
    this.#prefixes.sort((a, b) => b.path.length - a.path.length);
  }

  find(method: string, path: string): Found {
    const exact = this.#exact.get(path);
    if (exact) return pick(exact, method);
    const prefix = this.#prefixes.find((candidate) => path.startsWith(candidate.path));
    return prefix ? pick(prefix.routes, method) : { kind: "unknown" };
  }

  #add(route: Route): void {
    const { kind, path } = route.match;
    if (kind === "exact") {
      this.#exact.set(path, [...(this.#exact.get(path) ?? []), route]);
      return;
    }
    const known = this.#prefixes.find((candidate) => candidate.path === path);
    if (known) known.routes.push(route);
    else this.#prefixes.push({ path, routes: [route] });
  }
}

function pick(routes: readonly Route[], method: string): Found {
  const route = routes.find(({ methods }) => methods.includes(method));
  if (route) return { kind: "route", route };
  return { kind: "method", allow: [...new Set(routes.flatMap(({ methods }) => methods))].sort() };
}
