import { nameResolver, type ResolveName } from "@neurond/registry/io";
import type { Body } from "../body/body.ts";
import type { Deny, Policy, Whole } from "../policy.ts";
import type { Route } from "../routes.ts";
import { checkUrl } from "./check-url.ts";
import type { EgressCode } from "./errors.ts";
import { namesNone } from "./names-none.ts";
import type { EgressSettings } from "./settings.ts";
import { readUrlFields } from "./url-fields.ts";

export interface BodyUrlOptions {
  readonly settings: EgressSettings;
  /** Names of the fields whose URLs the backend of a route will follow. */
  readonly fieldsOf: (route: Route) => readonly string[];
  /** Asks the name server unless given. */
  readonly resolve?: ResolveName;
}

/** Longest wait for the names of one body. */
const RESOLVE_MS = 3_000;
const MAX_URLS = 16;

/**
 * Refuses requests that would send a backend into our own network. It fails closed: a body that
 * cannot be looked into is refused. The backend resolves names once more, so that a name which
 * changes in between gets past it; `allowHosts` is what holds against that.
 */
export function checkBodyUrls(options: BodyUrlOptions): Policy<Whole> {
  return {
    name: "egress",
    judge: (whole) => {
      const fields = options.fieldsOf(whole.exchange.route);
      if (fields.length === 0 || whole.held?.body.kind === "none") return undefined;
      return saysNothing(whole, fields) ? undefined : judgeUrls(whole, fields, options);
    },
  };
}

/** Of most bodies that can be told at once. */
function saysNothing({ exchange, held }: Whole, fields: readonly string[]): boolean {
  if (held?.body.kind !== "memory" || isCompressed(exchange)) return false;
  return namesNone(held.body.bytes, fields);
}

const isCompressed = ({ head }: Whole["exchange"]) =>
  head.headers.some(([name]) => name.toLowerCase() === "content-encoding");

async function judgeUrls(
  { exchange, held }: Whole,
  fields: readonly string[],
  { settings, resolve = nameResolver() }: BodyUrlOptions,
): Promise<Deny | undefined> {
  const body = held?.body;
  if (body === undefined)
    return denied("the body of this route is not held, so its URLs cannot be checked");
  if (body.kind === "none") return undefined;
  if (isCompressed(exchange))
    return denied("a compressed body cannot be checked for URLs; send it plain");
  const text = await readBounded(body, settings.maxInspectBytes);
  if (text === null)
    return denied(`a body of over ${settings.maxInspectBytes} bytes is not checked for URLs`);
  const found = readUrlFields(text, fields);
  if (!found.ok) return denied(found.reason);
  if (found.urls.length > MAX_URLS) return denied(`the body names over ${MAX_URLS} URLs`);
  const signal = AbortSignal.timeout(RESOLVE_MS);
  const faults = await Promise.all(
    found.urls.map(async ({ field, url }) => {
      const fault = await checkUrl(url, settings, resolve, signal);
      return fault === null ? null : denied(`${field} ${fault}`);
    }),
  );
  return faults.find((fault) => fault !== null) ?? undefined;
}

async function readBounded(
  body: Extract<Body, { kind: "memory" | "file" }>,
  maxBytes: number,
): Promise<string | null> {
  if (body.kind === "memory")
    return body.bytes.length > maxBytes ? null : body.bytes.toString("utf8");
  if (body.sizeBytes > maxBytes) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of body.open()) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function denied(detail: string): Deny {
  return { status: 422, code: "URL_NOT_ALLOWED" satisfies EgressCode, detail };
}
