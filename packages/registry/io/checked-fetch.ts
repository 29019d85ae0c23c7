import { X509Certificate } from "node:crypto";
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIPv6, type LookupFunction } from "node:net";
import { Readable } from "node:stream";
import type { ReadableStream as WebStream } from "node:stream/web";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { CodedError } from "@neurond/primitives";
import type { RegistryCode } from "@neurond/registry";
import { type AddressRules, checkedAddresses } from "./checked-addresses.ts";

/** Whom to ask, and whose certificates to believe. */
export interface CheckedFetchOptions extends AddressRules {
  /** Authorities in PEM beside those of Node. */
  readonly ca?: string | undefined;
}

/** The part of `fetch` that signed requests use. */
export type CheckedFetch = (url: URL, init?: RequestInit) => Promise<Response>;

/** Longest headers of an answer, in bytes. */
const MAX_HEADERS = 16_384;

/**
 * A `fetch` for addresses that strangers wrote: the name is resolved once, every address is checked, and
 * the connection goes to what was checked, while certificate and `Host` stay the name's. It follows no
 * redirect, keeps no connection and unpacks nothing.
 * @throws CodedError CA_INVALID at once; each call: ADDRESS_PRIVATE, HOST_UNRESOLVED; the socket's own errors; what the signal says
 */
export function checkedFetch(options: CheckedFetchOptions = {}): CheckedFetch {
  const secureContext = options.ca === undefined ? undefined : contextWith(options.ca);
  return async (url, { method = "GET", headers, body, signal } = {}) => {
    const bounded = signal ?? new AbortController().signal;
    const addresses = await checkedAddresses(url.hostname, options, bounded);
    bounded.throwIfAborted();
    const how = {
      method,
      headers: Object.fromEntries(new Headers(headers)),
      lookup: pinned(addresses),
      agent: false,
      signal: bounded,
      maxHeaderSize: MAX_HEADERS,
    } as const;
    const request =
      url.protocol === "https:"
        ? requestHttps(url, { ...how, ...(secureContext && { secureContext }) })
        : requestHttp(url, how);
    try {
      return responseOf(url, await exchange(request, body));
    } catch (error) {
      // The socket says "aborted" whatever the reason; callers tell a deadline from an interrupt.
      if (bounded.aborted) throw bounded.reason;
      throw error;
    }
  };
}

/** Answers each look-up of the socket with what was checked. */
function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_, options, callback) => {
    const [first] = all;
    if (options.all) callback(null, all);
    else callback(null, first?.address ?? "", first?.family ?? 0);
  };
}

/** Made once: reading a hundred authorities takes longer than a handshake. */
function contextWith(ca: string): SecureContext {
  try {
    new X509Certificate(ca);
  } catch (cause) {
    // A context takes any text, and then believes nobody new.
    const text = "the authority is no certificate in PEM; give the file that holds it";
    throw new CodedError<RegistryCode>("CA_INVALID", text, {}, { cause });
  }
  return createSecureContext({ ca: [...getCACertificates("default"), ca] });
}

function exchange(
  request: ClientRequest,
  body: RequestInit["body"] | undefined,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once("response", resolve).on("error", reject);
  request.once("close", () => reject(new Error("closed without an answer")));
  if (body instanceof ReadableStream) {
    Readable.fromWeb(body as WebStream)
      .on("error", (error) => request.destroy(error))
      .pipe(request);
  } else if (body === undefined || body === null || body instanceof Uint8Array) {
    request.end(body ?? undefined);
  } else {
    request.destroy(new TypeError("a body is bytes or a stream of bytes"));
  }
  return promise;
}

/** Statuses whose answers have no body (RFC 9110). */
const BODILESS = [204, 205, 304];

function responseOf(url: URL, message: IncomingMessage): Response {
  const { statusCode: status = 0, rawHeaders } = message;
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  }
  const isBodiless = BODILESS.includes(status);
  if (isBodiless) message.resume();
  try {
    const body = isBodiless ? null : (Readable.toWeb(message) as ReadableStream<Uint8Array>);
    const response = new Response(body, { status, headers });
    return Object.defineProperty(response, "url", { value: url.href });
  } catch (error) {
    message.destroy();
    throw error;
  }
}
