import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:http";
import { createSecureServer, type Http2SecureServer, type Http2ServerRequest } from "node:http2";
import type { Certificates } from "./certificates.ts";
import type { EdgeSettings, EdgeTls } from "./settings.ts";

/** How often overdue header blocks are looked for. */
const CHECK_MS = 1_000;
const MAX_STREAMS = 128;

/** A server for plain HTTP/1.1. */
export function plainServer(settings: EdgeSettings): Server {
  return createServer({
    headersTimeout: settings.headersTimeoutMs,
    // Bodies have a deadline of their own, by route.
    requestTimeout: 0,
    keepAliveTimeout: settings.keepAliveMs,
    connectionsCheckingInterval: CHECK_MS,
    maxHeaderSize: settings.maxHeaderBytes,
    insecureHTTPParser: false,
    // Judged with the other fields, and answered in our words.
    requireHostHeader: false,
    shouldUpgradeCallback: isWebsocket,
  });
}

/** A server for HTTP/2 and HTTP/1.1 over TLS, as the client chooses. */
export function secureServer(
  settings: EdgeSettings,
  tls: EdgeTls,
  certificates: () => Certificates,
): Http2SecureServer {
  const server = createSecureServer({
    ...certificates().fallback,
    allowHTTP1: true,
    ALPNProtocols: settings.http2 ? ["h2", "http/1.1"] : ["http/1.1"],
    SNICallback: (name, done) => done(null, certificates().contextOf(name)),
    handshakeTimeout: settings.headersTimeoutMs,
    requestCert: tls.clientCaFile !== null,
    rejectUnauthorized: tls.clientCaFile !== null,
    maxHeaderListPairs: settings.maxHeaderCount + 8,
    settings: {
      maxConcurrentStreams: MAX_STREAMS,
      maxHeaderListSize: settings.maxHeaderBytes,
      enablePush: false,
    },
  });
  // Of its HTTP/1.1 side, which takes these as properties only.
  return Object.assign(server, {
    headersTimeout: settings.headersTimeoutMs,
    requestTimeout: 0,
    keepAliveTimeout: settings.keepAliveMs,
    connectionsCheckingInterval: CHECK_MS,
    maxHeaderSize: settings.maxHeaderBytes,
    requireHostHeader: false,
    shouldUpgradeCallback: isWebsocket,
  });
}

/** Any other upgrade is passed over, as a server may: h2c, for one. */
function isWebsocket({ method, headers }: IncomingMessage | Http2ServerRequest): boolean {
  return method === "GET" && headers["upgrade"]?.toLowerCase() === "websocket";
}
