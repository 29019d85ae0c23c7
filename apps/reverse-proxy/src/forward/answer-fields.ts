import type { Dispatcher } from "undici";

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>[2];

/** Of the connection to the upstream, or ours to say. */
const NOT_PASSED = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
  "x-request-id",
]);

/** What no trailer may change after the fact (RFC 9110 section 6.5.1). */
const NOT_TRAILED = new Set([...NOT_PASSED, "content-length", "host", "set-cookie", "trailer"]);

/** Header fields of an answer that go on to the client, flat; repeated ones stay repeated. */
export function answerFields(headers: Headers): string[] {
  const { connection } = headers;
  const named =
    typeof connection === "string" && !/^(?:keep-alive|close)$/i.test(connection)
      ? new Set(connection.split(",").map((token) => token.trim().toLowerCase()))
      : undefined;
  return pick(headers, (name) => !NOT_PASSED.has(name) && !named?.has(name));
}

/** Trailer fields that go on to the client, flat. */
export function trailerFields(trailers: Headers): string[] {
  return pick(trailers, (name) => !NOT_TRAILED.has(name));
}

function pick(headers: Headers, passes: (name: string) => boolean): string[] {
  const fields: string[] = [];
  for (const name in headers) {
    if (!passes(name)) continue;
    const value = headers[name];
    if (typeof value === "string") fields.push(name, value);
    else if (value) for (const one of value) fields.push(name, one);
  }
  return fields;
}
