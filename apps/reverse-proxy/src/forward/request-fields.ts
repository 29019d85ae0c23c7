import type { Exchange, Incoming } from "../exchange.ts";

/** Of one connection (RFC 9110 section 7.6.1), or said anew by whoever sends the body. */
const OF_CONNECTION = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What a client may not say about itself: we do, after every copy of it is gone. */
const OURS = /^(?:x-epistula-|x-forwarded-|forwarded$|x-request-id$|x-real-ip$)/;

/** What proves a caller to us and would let a backend replay it to others. */
const PROOF = /^(?:epistula-|x-bittensor-|bt-header-|body-signature$)/;
const EPISTULA_AUTHORIZATION = /^epistula(?: |$)/i;

/** Header fields of the request to the upstream, flat. */
export function requestFields(exchange: Exchange): string[] {
  const { request, route } = exchange;
  const flat = request.rawHeaders;
  const named = namedByConnection(request);
  const traced = exchange.trace?.propagated ?? null;
  const fields: string[] = [];
  let cookies = "";
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = flat[at] ?? "";
    const value = flat[at + 1] ?? "";
    const lower = name.toLowerCase();
    if (OF_CONNECTION.has(lower) || named?.has(lower) || lower.startsWith(":")) continue;
    const hyphened = lower.includes("_") ? lower.replaceAll("_", "-") : lower;
    if (OURS.test(hyphened) || (traced !== null && lower in traced)) continue;
    if (!route.forwardAuth && isProof(hyphened, value)) continue;
    // HTTP/2 clients send crumbs, which HTTP/1.1 servers do not expect.
    if (lower === "cookie") cookies = cookies === "" ? value : `${cookies}; ${value}`;
    else fields.push(name, value);
  }
  if (cookies !== "") fields.push("cookie", cookies);
  if (request.headers["te"] !== undefined) fields.push("te", "trailers");
  for (const name in traced) fields.push(name, traced[name] ?? "");
  pushIdentity(fields, exchange);
  return fields;
}

function isProof(name: string, value: string): boolean {
  return name === "authorization" ? EPISTULA_AUTHORIZATION.test(value) : PROOF.test(name);
}

/** Fields that `Connection` makes hop-by-hop; most requests name only `keep-alive`. */
function namedByConnection({ headers }: Incoming): ReadonlySet<string> | undefined {
  const { connection } = headers;
  if (connection === undefined || /^(?:keep-alive|close)$/i.test(connection)) return undefined;
  return new Set(connection.split(",").map((token) => token.trim().toLowerCase()));
}

function pushIdentity(fields: string[], exchange: Exchange): void {
  const { principal, ip, host } = exchange;
  const proto = exchange.secure ? "https" : "http";
  const node = ip.includes(":") ? `"[${ip}]"` : ip;
  fields.push("X-Request-Id", exchange.id);
  fields.push("X-Forwarded-For", ip);
  fields.push("X-Forwarded-Proto", proto);
  fields.push("X-Forwarded-Host", host);
  fields.push("Forwarded", `for=${node};host="${host}";proto=${proto}`);
  if (!principal) return;
  fields.push("X-Epistula-Signed-By", principal.hotkey);
  const { standing } = principal;
  if (!standing) return;
  // In rao: the one unit that every reader can take for an integer.
  fields.push("X-Epistula-Uid", `${standing.uid}`, "X-Epistula-Stake", `${standing.stakeRao}`);
}
