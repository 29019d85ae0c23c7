import { createSecureContext } from "node:tls";
import { CodedError } from "@neurond/primitives";
import { Pool } from "undici";
import type { UpstreamCode } from "./errors.ts";
import type { ServerAddress } from "./server-url.ts";
import type { UpstreamSettings, UpstreamTls } from "./settings.ts";

/**
 * Keep-alive connections to one server, one request at a time on each. HTTP/1.1 only: what is passed
 * on are raw header pairs and trailers. @throws CodedError UPSTREAM_TLS_INVALID
 */
export function openPool(
  { origin, socketPath }: ServerAddress,
  { connectTimeoutMs, keepAliveMs, tls }: UpstreamSettings,
  connections: number,
): Pool {
  return new Pool(origin, {
    connections,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    connect: {
      timeout: connectTimeoutMs,
      allowH2: false,
      ...(socketPath !== null && { socketPath }),
      ...(tls !== null && tlsOptions(tls)),
    },
  });
}

function tlsOptions({ ca, cert, key, serverName }: UpstreamTls) {
  const material = {
    ...(ca !== null && { ca }),
    ...(cert !== null && { cert }),
    ...(key !== null && { key }),
  };
  try {
    // Otherwise a wrong file shows with the first request only, as an unreachable server.
    createSecureContext(material);
  } catch (cause) {
    throw new CodedError<UpstreamCode>(
      "UPSTREAM_TLS_INVALID",
      "the certificates of an upstream cannot be used; give PEM texts that belong together",
      {},
      { cause },
    );
  }
  return { ...material, ...(serverName !== null && { servername: serverName }) };
}
