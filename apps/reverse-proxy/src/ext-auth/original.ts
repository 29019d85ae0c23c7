import type { RawHeaders } from "@neurond/epistula";
import { pathOf } from "../edge/target.ts";
import type { Arrival } from "../exchange.ts";

/** Where gateways ask; Envoy puts the path of the request behind it. */
export const AUTH_PATH = "/_auth";

/** The request that a gateway asks about. */
export interface Original {
  readonly method: string;
  /** Path and query, as the client sent them. */
  readonly target: string;
  readonly path: string;
  /** Whether it is known to have a body: gateways that do not say are taken to forward none with GET. */
  readonly hasBody: boolean;
}

const METHODS = ["x-original-method", "x-forwarded-method"];
const TARGETS = ["x-original-uri", "x-forwarded-uri"];
const LENGTH = "x-original-content-length";

/**
 * Reads what a gateway says of a request; null where it says nothing, or two things. Gateways set one
 * pair of headers and pass the client's on: a client that writes the other pair contradicts them.
 */
export function originalOf({ head, path }: Arrival): Original | null {
  if (path !== AUTH_PATH && !path.startsWith(`${AUTH_PATH}/`)) return null;
  const behind = head.target.slice(AUTH_PATH.length);
  const own = behind.startsWith("/") ? { method: [head.method], target: [behind] } : null;
  const method = only([...valuesOf(head.headers, METHODS), ...(own?.method ?? [])]);
  const target = only([...valuesOf(head.headers, TARGETS), ...(own?.target ?? [])]);
  if (method === null || target === null) return null;
  const originalPath = pathOf(target);
  if (originalPath === undefined) return null;
  const lengths = valuesOf(head.headers, [LENGTH]);
  return { method, target, path: originalPath, hasBody: lengths.some((length) => length !== "0") };
}

function valuesOf(headers: RawHeaders, names: readonly string[]): readonly string[] {
  return headers
    .filter(([name, value]) => value !== "" && names.includes(name.toLowerCase()))
    .map(([, value]) => value);
}

function only(values: readonly string[]): string | null {
  const [first, ...others] = values;
  return first !== undefined && others.every((value) => value === first) ? first : null;
}
